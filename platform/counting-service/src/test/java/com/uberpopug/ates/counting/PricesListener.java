package com.uberpopug.ates.counting;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Stores the prices of counters, before or after their first step. */
@Component
class PricesListener {

    private static final String CONSUMER = "counting.prices";

    private final JdbcClient db;
    private final Subscription subscription;

    PricesListener(JdbcClient db, Inbox inbox) {
        this.db = db;
        subscription = inbox.subscribe(CONSUMER, Handlers.into(ArrayList<TaskAmountsCalculated>::new)
                .on(TaskAmountsCalculated.class, (prices, _, price) -> prices.add(price)).applying(this::apply));
    }

    @KafkaListener(id = CONSUMER, topics = Topics.PRICES)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<TaskAmountsCalculated> prices) {
        db.sql("""
                insert into tallies (counter, price_cents)
                select counter, price from unnest(:counters, :prices) as priced (counter, price)
                on conflict (counter) do update set price_cents = excluded.price_cents
                """)
                .param("counters", SqlArray.uuids(prices, TaskAmountsCalculated::getTaskId))
                .param("prices", SqlArray.longs(prices, TaskAmountsCalculated::getFeeCents))
                .update();
    }
}
