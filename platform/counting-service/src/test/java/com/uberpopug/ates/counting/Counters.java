package com.uberpopug.ates.counting;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.web.Problems;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Counters, and their steps as facts: step n of a counter is published as assignment n of a task, for n cents. */
@Component
public class Counters {

    private final JdbcClient db;
    private final Outbox outbox;
    private final Clock clock;

    Counters(JdbcClient db, Outbox outbox, Clock clock) {
        this.db = db;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** Makes the next step. It locks the counter before it appends the fact, as aggregates do. */
    @Transactional
    public long step(UUID counter) {
        long number = db.sql("""
                insert into counters (id, number) values (:id, 1)
                on conflict (id) do update set number = counters.number + 1
                returning number
                """).param("id", counter).query(Long.class).single();
        outbox.append(Fact.of(Ids.next(), counter, number, now(), assigned(counter, number)));
        return number;
    }

    /** Makes two steps, or none if the second would exceed four. */
    @Transactional
    public long leap(UUID counter) {
        step(counter);
        long number = step(counter);
        if (number > 4) {
            throw Problems.conflict("The counter is full");
        }
        return number;
    }

    /** Publishes a description of any size. */
    @Transactional
    public void describe(UUID counter, String description) {
        outbox.append(Fact.of(Ids.next(), counter, 0, now(),
                new TaskCreated(counter, "Count", description, counter, now())));
    }

    /** Appends a fact outside a transaction, which is an error. */
    public void stepCarelessly(UUID counter) {
        outbox.append(Fact.of(Ids.next(), counter, 1, now(), assigned(counter, 1)));
    }

    private TaskAssigned assigned(UUID counter, long number) {
        return new TaskAssigned(counter, counter, (int) number, number, now(), null, Amounts.CURRENCY);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
