package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.tasks.task.PriceTasks.Price;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears what tasks cost. */
@Component
class PricesListener {

    private static final String CONSUMER = "tasks.prices";

    private final PriceTasks priceTasks;
    private final Subscription subscription;

    PricesListener(PriceTasks priceTasks, Inbox inbox) {
        this.priceTasks = priceTasks;
        subscription = inbox.subscribe(CONSUMER, List.of(TaskAmountsCalculated.class), this::apply);
    }

    @KafkaListener(id = CONSUMER, topics = Topics.PRICES)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<Received> facts) {
        priceTasks.price(facts.stream().map(fact -> switch (fact.event()) {
            case TaskAmountsCalculated price ->
                new Price(price.getTaskId(), price.getFeeCents(), price.getAmountCents(), fact);
            default -> throw new IllegalArgumentException("Nothing is known of " + fact.event().getClass());
        }).toList());
    }
}
