package com.uberpopug.ates.tasks.pricing;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.tasks.pricing.PriceTasks.Price;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Receives the prices of tasks. */
@Component
class PricesListener {

    private static final String CONSUMER = "tasks.prices";

    private final Subscription subscription;

    PricesListener(PriceTasks priceTasks, Inbox inbox) {
        subscription = inbox.subscribe(CONSUMER, Handlers.into(ArrayList<Price>::new)
                .on(TaskAmountsCalculated.class, (prices, fact, price) -> prices
                        .add(new Price(price.getTaskId(), price.getFeeCents(), price.getAmountCents(), fact)))
                .applying(priceTasks::price));
    }

    @KafkaListener(id = CONSUMER, topics = Topics.PRICES)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }
}
