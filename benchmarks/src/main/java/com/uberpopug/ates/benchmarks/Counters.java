package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import java.time.Clock;
import java.util.UUID;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A minimal business: it counts, and publishes each step as an event of about 200 bytes. */
final class Counters {

    private static final String DESCRIPTION = "x".repeat(100);

    private final int count;
    private final JdbcClient db;
    private final Outbox outbox;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Counters(int count, JdbcClient db, Outbox outbox, TransactionTemplate transaction, Clock clock) {
        this.count = count;
        this.db = db;
        this.outbox = outbox;
        this.transaction = transaction;
        this.clock = clock;
    }

    void create() {
        for (int i = 0; i < count; i++) {
            db.sql("insert into counters (id, number) values (?, 0)").param(counter(i)).update();
        }
    }

    /** One business transaction without an event. */
    void step(int counter) {
        transaction.executeWithoutResult(_ -> count(counter(counter)));
    }

    /** The same with an event. */
    void stepAndTell(int counter) {
        transaction.executeWithoutResult(_ -> outbox.append(fact(counter(counter), count(counter(counter)))));
    }

    /** Stores a number of events in one transaction, of one counter after another. */
    void tell(long from, int events) {
        transaction.executeWithoutResult(_ -> outbox.append(LongStream.range(from, from + events)
                .mapToObj(i -> fact(counter((int) (i % count)), i)).toList()));
    }

    private long count(UUID counter) {
        return db.sql("update counters set number = number + 1 where id = ? returning number").param(counter)
                .query(Long.class).single();
    }

    private Fact fact(UUID counter, long number) {
        var now = clock.instant();
        return Fact.of(Ids.next(), counter, number, now,
                new TaskCreated(counter, "Step " + number, DESCRIPTION, counter, now));
    }

    private static UUID counter(int number) {
        return new UUID(0x7000, 0x8000_0000_0000_0000L | number);
    }
}
