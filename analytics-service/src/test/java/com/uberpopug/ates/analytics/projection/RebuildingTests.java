package com.uberpopug.ates.analytics.projection;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.analytics.WorkerLog;
import com.uberpopug.ates.analytics.projection.Projections.Difference;
import com.uberpopug.ates.analytics.projection.RebuildView.State;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.History.Mark;
import com.uberpopug.ates.platform.events.inbox.History.UnavailableException;
import com.uberpopug.ates.platform.events.inbox.History;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.transaction.support.TransactionTemplate;

/** In a context of its own, whose database holds what the topics do and nothing else. */
@AutoConfigureMockMvc
@ServiceTest(database = "analytics", properties = "spring.jmx.default-domain=rebuilding")
class RebuildingTests extends RebuildTest {

    private static final LocalDate DATE = LocalDate.of(1997, 3, 3);

    @Autowired
    private MockMvcTester http;
    @Autowired
    private TransactionTemplate transaction;
    @Autowired
    private Projections projections;
    @Autowired
    private History history;
    @Autowired
    private KafkaListenerEndpointRegistry listeners;

    @BeforeEach
    void company_has_worked() {
        rebuild();
        send(company(DATE));
    }

    @Test
    void rebuild_equals_what_the_consumers_applied_in_any_order() {
        for (long seed = 1; seed <= 3; seed++) {
            send(shuffledAndDoubled(company(DATE.plusDays(10 * seed)), new Random(seed)));
        }
        var before = projections();

        var rebuild = rebuild();

        assertThat(projections()).isEqualTo(before);
        assertThat(rebuild.recordsRead()).isEqualTo(rebuild.recordsTotal()).isPositive();
        assertThat(rows("rebuilding")).allSatisfy((_, rows) -> assertThat(rows).isZero());
    }

    @Test
    void broken_tables_are_found_by_the_check_and_put_right_by_a_rebuild() {
        assertThat(ofTables(checked())).isEmpty();
        var before = projections();
        breakEveryTable();
        var broken = checked();
        assertThat(ofTables(broken)).extracting(Difference::rule).contains("TASKS", "CORRECTED_TRANSFERS", "BALANCES",
                "DAILY_BALANCES", "BELOW_ZERO_CHANGES", "EARNINGS", "CLOSED_DAYS", "LAST_BALANCE", "BELOW_ZERO");
        assertThat(broken.clean()).isFalse();

        assertThat(rebuild().rowsChanged()).isGreaterThanOrEqualTo(ofTables(broken).stream()
                .filter(difference -> !List.of("LAST_BALANCE", "BELOW_ZERO").contains(difference.rule())).count());

        assertThat(projections()).isEqualTo(before);
        assertThat(ofTables(checked())).isEmpty();
    }

    @Test
    void check_without_the_topics_compares_the_projections_with_each_other() {
        db.sql("update balances set balance_cents = balance_cents + 1").update();
        var result = check.run(false).orElseThrow();
        assertThat(result.facts()).isNull();
        assertThat(result.differences()).extracting(Difference::rule).contains("LAST_BALANCE")
                .doesNotContain("BALANCES");
        rebuild();
        assertThat(check.run(false).orElseThrow().clean()).isTrue();
    }

    @Test
    void announced_earnings_that_the_balances_contradict_are_found() {
        var date = LocalDate.of(1996, 5, 5);
        send(company(date));
        assertThat(checked().differences()).extracting(Difference::subject).doesNotContain(date.toString());
        db.sql("update daily_balances set balance_cents = balance_cents - 10 where business_date = ?").param(date)
                .update();
        assertThat(checked().differences()).contains(new Difference("DAY_TOTAL", date.toString(), "-900", "-890"));
        rebuild();
    }

    @Test
    void check_lists_a_thousand_differences_of_a_rule() {
        db.sql("insert into corrected_transfers select gen_random_uuid() from generate_series(1, 1001)").update();
        var result = checked();
        assertThat(result.allListed()).isFalse();
        assertThat(ofTables(result)).hasSize(1_000);
        assertThat(rebuild().rowsChanged()).isEqualTo(1_001);
    }

    @Test
    void events_that_arrive_meanwhile_count_once() {
        var isOver = new AtomicBoolean();
        var sent = new AtomicInteger();
        var sending = CompletableFuture.runAsync(() -> {
            while (!isOver.get()) {
                events.send(shuffledAndDoubled(company(DATE.plusDays(sent.get() % 40)), new Random(sent.get()))
                        .toArray(Fact[]::new));
                sent.incrementAndGet();
            }
        });
        try {
            for (int count = 1; count <= 5; count++) {
                int before = sent.get();
                breakEveryTable();
                rebuild();
                eventually(() -> assertThat(sent).hasValueGreaterThan(before));
            }
        } finally {
            isOver.set(true);
            sending.join();
        }
        awaitAllApplied();
        assertThat(ofTables(checked())).isEmpty();
        var after = projections();
        assertThat(after.get("tasks")).hasSizeGreaterThan(sent.get());
        rebuild();
        assertThat(projections()).isEqualTo(after);
    }

    /** An event that a consumer has in its hands while the rows are replaced. */
    @Test
    void consumer_waits_for_a_switch_and_readers_do_not() {
        var marker = Ids.next();
        transaction.executeWithoutResult(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            projections.stopConsumers();
            events.send(new WorkerLog().fee(DATE, 100), created(marker));
            eventually(() -> assertThat(CompletableFuture.supplyAsync(() -> db.sql("""
                    select count(*) from pg_stat_activity
                     where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into tasks%'
                    """).query(Long.class).single()).join()).isPositive());
            assertThat(CompletableFuture.supplyAsync(() -> rows("public")).join()).containsKey("tasks");
        });
        eventually(() -> assertThat(db.sql("select count(*) from tasks where task_id = ?").param(marker)
                .query(Long.class).single()).isOne());
    }

    @Test
    void second_request_is_refused_while_one_is_unfinished() {
        var before = projections();
        transaction.executeWithoutResult(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            // The rebuild waits for this lock.
            db.sql("lock table rebuilding.attempt in access exclusive mode").update();
            assertThat(CompletableFuture.supplyAsync(() -> ask(Role.ADMIN)).join()).hasStatus(HttpStatus.ACCEPTED)
                    .hasHeader("Location", "/api/projections").bodyJson()
                    .extractingPath("$.rebuild.state").isEqualTo("REQUESTED");
            assertThat(CompletableFuture.supplyAsync(() -> ask(Role.ADMIN)).join()).hasStatus(HttpStatus.CONFLICT)
                    .hasHeader("Location", "/api/projections");
            assertThat(CompletableFuture.supplyAsync(this::checked).join().notCompared())
                    .isEqualTo("A rebuild is running");
        });
        eventually(() -> assertThat(rebuilds.unfinished()).isEmpty());
        assertThat(rebuilds.latest().orElseThrow().state()).isEqualTo(State.SWITCHED);
        assertThat(projections()).isEqualTo(before);
        assertThat(http.get().uri("/api/projections").header("Authorization", "Bearer " + Tokens.of(Ids.next(),
                Role.ADMIN)).exchange()).bodyJson().extractingPath("$.rebuild.state").isEqualTo("SWITCHED");
    }

    /** The first one is frozen while the second one begins, as after a pause of its machine. */
    @Test
    void of_two_instances_with_the_same_rebuild_the_later_one_ends_it() {
        var before = projections();
        breakEveryTable();
        var id = requested();
        var second = new ArrayList<Boolean>();
        boolean first = runRebuild.run(id, () -> {
            if (second.isEmpty()) {
                second.add(false);
                second.set(0, CompletableFuture.supplyAsync(() -> runRebuild.run(id, () -> true)).join());
            }
            return true;
        });
        assertThat(second).containsExactly(true);
        assertThat(first).isFalse();
        finished(id);
        assertThat(projections()).isEqualTo(before);
        assertThat(runRebuild.run(id, () -> true)).as("a finished one").isTrue();
    }

    /** A crash of the server empties unlogged tables. */
    @Test
    void rebuild_whose_tables_were_emptied_by_a_crash_begins_again() {
        var before = projections();
        breakEveryTable();
        var broken = projections();
        var id = requested();
        var calls = new AtomicInteger();
        assertThat(runRebuild.run(id, () -> {
            if (calls.incrementAndGet() == 2) {
                CompletableFuture.runAsync(() -> Stream.concat(Stream.of("attempt"), Projections.TABLES.stream().map(
                        Projections.Table::name)).forEach(table -> db.sql("truncate rebuilding." + table).update()))
                        .join();
            }
            return true;
        })).isFalse();
        assertThat(projections()).isEqualTo(broken);

        assertThat(runRebuild.run(id, () -> true)).isTrue();
        assertThat(projections()).isEqualTo(before);
    }

    @Test
    void rebuild_ends_at_the_next_transaction_when_the_instance_shuts_down() {
        var id = requested();
        assertThat(runRebuild.run(id, () -> false)).isFalse();
        assertThat(rebuilds.unfinished()).isPresent();
        assertThat(runRebuild.run(id, () -> true)).isTrue();
    }

    @Test
    void dead_letter_is_left_out_and_no_difference() {
        var task = Ids.next();
        events.send(List.of(events.record(created(task), new byte[]{0, 0, 0})));
        events.awaitDeadLetters(Topics.TASKS, task, 1);
        awaitAllApplied();
        assertThat(rebuild().deadLetters()).isPositive();
        var result = checked();
        assertThat(ofTables(result)).isEmpty();
        assertThat(result.deadLetters()).isPositive();
    }

    /** Such as by a replay of its dead letter: the serving tables contain the fact then. */
    @Test
    void fact_of_a_record_that_was_left_out_counts_if_it_is_applied_meanwhile() {
        var fact = created(Ids.next());
        events.send(List.of(events.record(fact, new byte[]{0, 0, 0})));
        events.awaitDeadLetters(Topics.TASKS, fact.key(), 1);
        awaitAllApplied();
        var id = requested();
        var calls = new AtomicInteger();
        assertThat(runRebuild.run(id, () -> {
            // At the switch.
            if (rebuilds.latest().orElseThrow().deadLetters() > 0 && calls.getAndIncrement() == 0) {
                events.send(fact);
                awaitAllApplied();
            }
            return true;
        })).isTrue();
        finished(id);
        assertThat(calls).hasPositiveValue();
        assertThat(db.sql("select title from tasks where task_id = ?").param(UUID.fromString(fact.key()))
                .query(String.class).single()).isEqualTo("Feed the cat");
        assertThat(ofTables(checked())).isEmpty();
        assertThat(rebuild().rowsChanged()).isZero();
    }

    @Test
    void fact_whose_newer_version_is_damaged_is_built_from_the_older_one() {
        var task = Ids.next();
        var older = new TaskCreated(task, "[CAT-1] - Feed the cat", null, task, NOW);
        var both = Fact.of(Ids.next(), task, 1, NOW, new com.uberpopug.ates.events.tasks.v2.TaskCreated(task, "CAT-1",
                "Feed the cat", null, task, NOW), older);
        var second = events.record(new Fact(both.id(), both.key(), 1, NOW, null, List.of(older)));
        Envelope.put(second.headers(), Envelope.DATA_VERSIONS, "1,2");
        events.send(List.of(events.record(both, new byte[]{0, 0, 0}), second));
        events.awaitDeadLetters(Topics.TASKS, task, 1);
        awaitAllApplied();
        var before = projections();
        assertThat(before.get("tasks")).anySatisfy(row -> assertThat(row).contains(task.toString(), "CAT-1"));

        rebuild();

        assertThat(projections()).isEqualTo(before);
        assertThat(ofTables(checked())).isEmpty();
    }

    @Test
    void topic_that_ends_before_what_was_read_of_it_is_not_taken_for_an_empty_one() {
        var beyond = new Mark("analytics.tasks", Map.of(new TopicPartition(Topics.TASKS, 3), 1L << 40));
        assertThatThrownBy(() -> history.read(Topics.TASKS, beyond, _ -> {
            throw new AssertionError("It was read");
        })).isInstanceOfSatisfying(UnavailableException.class, e -> assertThat(e.willPass()).isFalse())
                .hasMessageContaining("[ates.tasks-3] end before what was read of them");
    }

    @Test
    void record_that_fails_and_was_never_applied_is_left_out_and_counted() {
        var failures = rebuild().failures();
        var task = Ids.next();
        events.send(List.of(events.record(created(task), new byte[]{0, 0, 0})));
        events.awaitDeadLetters(Topics.TASKS, task, 1);
        awaitAllApplied();
        // After thirty days the dead letter is forgotten.
        forgetDeadLetter(task);
        assertThat(rebuild().failures()).isEqualTo(failures + 1);
    }

    @Test
    void record_that_the_database_refuses_is_left_out_and_counted() {
        var failures = rebuild().failures();
        var task = Ids.next();
        events.send(Fact.of(Ids.next(), task, 1, NOW, new TaskCreated(task, "NUL \0", null, Ids.next(), NOW)),
                created(Ids.next()));
        events.awaitDeadLetters(Topics.TASKS, task, 1);
        awaitAllApplied();
        forgetDeadLetter(task);
        var before = projections();
        assertThat(rebuild().failures()).isEqualTo(failures + 1);
        assertThat(projections()).isEqualTo(before);
    }

    @Test
    void record_that_was_applied_and_cannot_be_read_fails_the_rebuild() {
        var fact = created(Ids.next());
        events.send(List.of(events.record(fact, new byte[]{0, 0, 0})));
        events.awaitDeadLetters(Topics.TASKS, fact.key(), 1);
        awaitAllApplied();
        forgetDeadLetter(fact.key());
        db.sql("insert into inbox (consumer, fact_id) values ('analytics.tasks', ?)").param(fact.id()).update();
        breakEveryTable();
        var broken = projections();

        var id = requested();
        assertThat(runRebuild.run(id, () -> true)).isTrue();

        var failed = rebuilds.latest().orElseThrow();
        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.problem()).contains(fact.id().toString(), "were applied once");
        assertThat(projections()).isEqualTo(broken);
        db.sql("delete from inbox where fact_id = ?").param(fact.id()).update();
        rebuild();
    }

    @Test
    void only_admins_rebuild_and_check() {
        for (var role : List.of(Role.POPUG, Role.MANAGER, Role.ACCOUNTANT)) {
            assertThat(ask(role)).hasStatus(HttpStatus.FORBIDDEN);
        }
        assertThat(rebuilds.unfinished()).isEmpty();
    }

    @Test
    void every_consumer_that_feeds_projections_is_re_read() {
        var consumers = new TreeMap<String, String>();
        listeners.getListenerContainers().forEach(listener -> consumers
                .put(listener.getListenerId(), listener.getContainerProperties().getTopics()[0]));
        consumers.values().removeAll(List.of(Topics.USERS, Topics.SESSIONS));
        assertThat(Projections.CONSUMERS).containsExactlyInAnyOrderEntriesOf(consumers);
    }

    @Test
    void tables_that_are_built_anew_are_like_the_serving_ones() {
        var columns = """
                select string_agg(format('%%s %%s %%s', attname, format_type(atttypid, atttypmod), attnotnull), ', ' order by attnum)
                       || coalesce((select string_agg(pg_get_constraintdef(oid), ', ' order by pg_get_constraintdef(oid))
                                      from pg_constraint where conrelid = attrelid), '')
                       || (select string_agg(regexp_replace(pg_get_indexdef(indexrelid), '.* USING ', ''), ', '
                                             order by regexp_replace(pg_get_indexdef(indexrelid), '.* USING ', ''))
                             from pg_index where indrelid = attrelid)
                  from pg_attribute where attrelid = '%s.%s'::regclass and attnum > 0 and not attisdropped
                 group by attrelid
                """;
        assertThat(Projections.TABLES).allSatisfy(table -> assertThat(
                db.sql(columns.formatted("rebuilding", table.name())).query(String.class).single())
                .isEqualTo(db.sql(columns.formatted("public", table.name())).query(String.class).single()));
        assertThat(db.sql("select tablename from pg_tables where schemaname = 'rebuilding'").query(String.class).set())
                .isEqualTo(Stream.concat(Stream.of("attempt"), Projections.TABLES.stream().map(
                        Projections.Table::name)).collect(Collectors.toSet()));
    }

    /** A projection that is missing there would be written by a rebuild. */
    @Test
    void every_table_of_the_service_is_built_anew_or_no_projection() {
        var others = Set.of("users", "rebuilds", "inbox", "outbox", "outbox_dead_letters", "dead_letters",
                "scheduled_tasks", "schema_versions", "idempotency_keys", "spring_session",
                "spring_session_attributes");
        assertThat(
                db.sql("""
                        select tablename from pg_tables where schemaname = 'public' and tablename not like '%\\_schema\\_history'
                        """)
                        .query(String.class).list())
                .filteredOn(table -> !others.contains(table))
                .containsExactlyInAnyOrderElementsOf(Projections.TABLES.stream().map(Projections.Table::name).toList());
    }

    @Test
    void service_may_write_and_empty_the_tables_that_are_built_anew_and_alter_none() {
        assertThat(
                db.sql("""
                        select distinct array_to_string(array(
                                   select kind from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references',
                                                                 'trigger', 'maintain']) kind
                                    where has_table_privilege(class.oid, kind)), ' ')
                          from pg_class class where relnamespace = 'rebuilding'::regnamespace and relkind = 'r'
                        """)
                        .query(String.class).list())
                .containsExactly("select insert update delete truncate");
        assertThatThrownBy(() -> db.sql("create table rebuilding.other (id uuid)").update())
                .isInstanceOf(DataAccessException.class).hasStackTraceContaining("permission denied");
    }

    private static Fact created(UUID task) {
        return Fact.of(Ids.next(), task, 1, NOW, new TaskCreated(task, "Feed the cat", null, Ids.next(), NOW));
    }

    private void forgetDeadLetter(Object key) {
        assertThat(db.sql("delete from dead_letters where convert_from(key, 'UTF8') = ?").param(key.toString())
                .update()).isOne();
    }

    private Map<String, Long> rows(String schema) {
        return Projections.TABLES.stream().collect(Collectors.toMap(Projections.Table::name,
                table -> db.sql("select count(*) from " + schema + "." + table.name()).query(Long.class).single()));
    }

    private MvcTestResult ask(Role role) {
        return http.post().uri("/api/projections/rebuild")
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), role)).exchange();
    }
}
