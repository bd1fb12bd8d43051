package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.serde.AvroSerializer;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills or pauses the relay's leader, one of two instances under load: no step is lost or applied twice, and each
 * counter's order is kept.
 */
class CrashTests extends Instances {

    private static final Logger log = LoggerFactory.getLogger(CrashTests.class);

    /** A series of its own: the tests share a topic, and a test may read records that the one before has left. */
    private final Map<String, String> load = Map.of("counting.writers", "4", "counting.series",
            Long.toString(ThreadLocalRandom.current().nextLong()));

    @Test
    void successor_of_a_killed_relay_loses_nothing() throws SQLException {
        var leader = start();
        await().atMost(PATIENCE).until(leader::leads);
        var gaps = new ArrayList<Long>();
        for (int round = 0; round < (OwnParts.LONG ? 20 : 2); round++) {
            var successor = start();
            await().atMost(PATIENCE).until(successor::isUp);
            awaitMore(300);
            leader.process().kill();
            var killed = Instant.now();
            var next = await().atMost(PATIENCE).until(() -> announced.firstMadeAfter(killed),
                    first -> first.isPresent());
            gaps.add(Duration.between(killed, next.orElseThrow()).toMillis());
            leader = successor;
        }
        log.info("After each kill the successor sent within {} ms", gaps);
        assertNothingIsLostOrDoubled();
    }

    @Test
    void paused_relay_has_a_successor_and_doubles_no_step_when_it_resumes() throws SQLException {
        var leader = start();
        await().atMost(PATIENCE).until(leader::leads);
        var successor = start();
        await().atMost(PATIENCE).until(successor::isUp);
        var gaps = new ArrayList<Long>();
        for (int round = 0; round < (OwnParts.LONG ? 20 : 2); round++) {
            awaitMore(300);
            leader.process().pause();
            var paused = Instant.now();
            var next = await().atMost(PATIENCE).until(() -> announced.firstMadeAfter(paused),
                    first -> first.isPresent());
            gaps.add(Duration.between(paused, next.orElseThrow()).toMillis());
            var before = one("select jsonb_object_agg(id, number) from counters");
            await("every counter has a new step applied, whatever the paused instance has locked").atMost(PATIENCE)
                    .until(() -> haveAllNewStepsSince(before));
            log.info("While one instance was paused, every counter had a new step after {} ms",
                    Duration.between(paused, Instant.now()).toMillis());
            leader.process().resume();
            awaitMore(300);
            var resumed = leader;
            leader = successor;
            successor = resumed;
        }
        log.info("After each pause the successor sent within {} ms", gaps);
        assertNothingIsLostOrDoubled();
    }

    @Test
    @EnabledIfSystemProperty(named = "ates.long", matches = "true")
    void backlog_larger_than_the_heap_is_sent() throws SQLException {
        var first = start();
        await().atMost(PATIENCE).until(first::isUp);
        first.close();
        int events = 300;
        var event = new TaskCreated(UUID.randomUUID(), "Large", "x".repeat(800_000), UUID.randomUUID(), Instant.EPOCH);
        try (var insert = db.prepareStatement(
                """
                        insert into outbox (event_id, fact_id, topic, key, type, version, data_versions, sequence, occurred_at, payload)
                        select gen_random_uuid(), gen_random_uuid(), 'ates.tasks', 'large', 'Tasks.Created', 1, '1', n, now(), ?
                          from generate_series(1, ?) as n
                        """)) {
            insert.setBytes(1, AvroSerializer.encode(event));
            insert.setInt(2, events);
            insert.executeUpdate();
        }
        int before = announced.count();
        start("-Xmx160m");
        await().atMost(PATIENCE).until(() -> announced.count() >= before + events);
        assertNothingIsLostOrDoubled();
    }

    private boolean haveAllNewStepsSince(String before) throws SQLException {
        return one("""
                select bool_and(steps > number::bigint)
                  from jsonb_each_text('%s') as before (id, number) join tallies on counter = before.id::uuid
                """.formatted(before)).equals("t");
    }

    private Instance start(String... flags) {
        return start(load, flags);
    }

    private void awaitMore(int steps) {
        int before = announced.count();
        await().atMost(PATIENCE).until(() -> announced.count() >= before + steps);
    }

    private void assertNothingIsLostOrDoubled() throws SQLException {
        db.setAutoCommit(false);
        // Blocks the writers, so that all their steps can arrive.
        execute("lock table counters in exclusive mode");
        var made = one("select sum(number) from counters");
        await().atMost(PATIENCE).until(() -> one("select count(*) from outbox").equals("0"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                one("select sum(steps) from tallies join counters on counter = id")).as("applied").isEqualTo(made));
        assertThat(one("""
                select count(*) from counters left join tallies on counter = id
                 where steps is distinct from number or cents is distinct from number * (number + 1) / 2
                """)).as("counters whose tally differs").isEqualTo("0");
        assertThat(one("""
                select count(*) from (
                    select cents, row_number() over (partition by counter order by position) as due
                      from applied_steps join counters on counter = id) as steps
                 where cents <> due
                """)).as("steps that were applied out of order").isEqualTo("0");
        assertThat(one("select count(*) from outbox_dead_letters")).isEqualTo("0");
        int duplicates = announced.assertInOrder();
        log.info("{} steps were made and applied, in order; {} duplicates were dropped", made, duplicates);
        db.rollback();
    }

    private String one(String sql) throws SQLException {
        try (var statement = db.createStatement(); var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = db.createStatement()) {
            statement.execute(sql);
        }
    }
}
