package com.uberpopug.ates.counting;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Tallies steps. */
@Component
class StepsListener {

    private static final String CONSUMER = "counting.tasks";
    /** The next batch throws it; null for none. */
    static final AtomicReference<@Nullable Error> NEXT_ERROR = new AtomicReference<>();

    private final JdbcClient db;
    private final DistributionSummary batches;
    private final Subscription subscription;

    StepsListener(JdbcClient db, Inbox inbox, MeterRegistry meters) {
        this.db = db;
        batches = meters.summary("counting.batches");
        subscription = inbox.subscribe(CONSUMER, Handlers.into(ArrayList<Received>::new)
                .on(TaskAssigned.class, (facts, fact, _) -> facts.add(fact)).applying(this::apply));
    }

    @KafkaListener(id = CONSUMER, topics = Topics.TASKS)
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<Received> facts) {
        var error = NEXT_ERROR.getAndSet(null);
        if (error != null) {
            throw error;
        }
        batches.record(facts.size());
        var steps = facts.stream().map(fact -> (TaskAssigned) fact.event()).toList();
        var frozen = db.sql("select exists (select from frozen_counters where id = any(:counters))")
                .param("counters", SqlArray.uuids(steps, TaskAssigned::getTaskId)).query(Boolean.class).single();
        if (frozen) {
            throw new IllegalStateException("A frozen counter takes no step");
        }
        db.sql("""
                with steps as (
                    select * from unnest(:counters, :cents, :traceparents)
                             with ordinality as step (counter, cents, traceparent, position)
                ), applied as (
                    insert into applied_steps (counter, cents, traceparent)
                    select counter, cents, traceparent from steps order by position
                )
                insert into tallies (counter, steps, cents)
                select counter, count(*), sum(cents) from steps group by counter order by counter
                on conflict (counter) do update
                   set steps = tallies.steps + excluded.steps, cents = tallies.cents + excluded.cents
                """)
                .param("counters", SqlArray.uuids(steps, TaskAssigned::getTaskId))
                .param("cents", SqlArray.longs(steps, TaskAssigned::getFeeCents))
                .param("traceparents", SqlArray.texts(facts, Received::traceparent))
                .update();
    }
}
