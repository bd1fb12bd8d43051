package com.uberpopug.ates.accounting.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.accounting.check.LedgerCheck.Difference;
import com.uberpopug.ates.accounting.check.LedgerCheck.Result;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.accounting.ledger.TasksListener;
import com.uberpopug.ates.accounting.price.PricedTasks;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.History.UnavailableException;
import com.uberpopug.ates.platform.events.inbox.History;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.transaction.support.TransactionTemplate;

/** All tests share the topic, so each one looks for its own events only. */
@AccountingTest
class ComparingWithEventsTests {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MICROS);

    private final UUID anna = Ids.next();
    private final UUID task = PricedTasks.of(1_500, 3_000);

    @Autowired
    private LedgerCheck check;
    @Autowired
    private History history;
    @Autowired
    private Ledger ledger;
    @Autowired
    private Events events;
    @Autowired
    private JdbcClient db;
    @Autowired
    private TransactionTemplate transaction;
    @Autowired
    private MockMvcTester http;

    @Test
    void transfer_with_a_repeated_event_is_no_difference() {
        var assigned = assigned(1, 1_500);
        events.send(assigned, assigned, assigned(1, 1_500), completed(3_000), assigned);
        awaitTransfers(2);
        awaitConsumed();

        var result = check.run();
        assertThat(result.notCompared()).isNull();
        assertThat(result.events()).isGreaterThanOrEqualTo(2);
        assertThat(mine(result)).isEmpty();
    }

    @Test
    void consumed_event_without_a_transfer_is_listed() {
        var lost = assigned(1, 1_500);
        // Simulates a bug: the inbox has the fact, the ledger lacks the transfer.
        db.sql("insert into inbox (consumer, fact_id) values ('accounting.tasks', ?)").param(lost.id()).update();
        events.send(lost, assigned(2, 1_500));
        awaitTransfers(1);

        awaitDifferences(mine -> assertThat(mine).extracting(Difference::rule, Difference::expected, Difference::actual)
                .containsExactly(
                        tuple("EVENT_NOT_POSTED", "FEE 1500 of %s for %s/1".formatted(anna, task), null)));
    }

    @Test
    void transfer_without_an_event_is_listed() {
        post(Ids.next(), 1_500);
        assertThat(mine(check.run())).extracting(Difference::rule, Difference::subject, Difference::expected)
                .containsExactly(tuple("TRANSFER_WITHOUT_EVENT", transfer(), null));
    }

    @Test
    void transfer_unlike_its_event_is_listed() {
        var told = assigned(1, 1_500);
        post(told.id(), 1_400);
        events.send(told, assigned(2, 1_500));
        awaitTransfers(2);

        assertThat(mine(check.run())).extracting(Difference::rule, Difference::subject)
                .containsExactly(tuple("EVENT", transfer()));
    }

    @Test
    void dead_letter_is_listed_until_it_is_applied() {
        events.send(assigned(1, -5), assigned(2, 1_500));
        awaitTransfers(1);
        awaitDifferences(mine -> assertThat(mine).extracting(Difference::rule, Difference::expected)
                .containsExactly(tuple("EVENT_SET_ASIDE", "FEE -5 of %s for %s/1".formatted(anna, task))));
    }

    @Test
    void second_event_with_another_worker_or_amount_is_listed() {
        var boris = Ids.next();
        events.send(assigned(1, 1_500), assigned(1, 1_600),
                Fact.of(Ids.next(), task, 5, NOW,
                        new TaskAssigned(task, boris, 1, 1_500L, NOW, null, Amounts.CURRENCY)));
        awaitTransfers(1);

        var posted = "FEE 1500 of %s for %s/1".formatted(anna, task);
        awaitDifferences(mine -> assertThat(mine).extracting(Difference::rule, Difference::expected, Difference::actual)
                .containsExactlyInAnyOrder(
                        tuple("EVENT_SET_ASIDE", "FEE 1600 of %s for %s/1".formatted(anna, task), posted),
                        tuple("EVENT_CONTRADICTED", "FEE 1500 of %s for %s/1".formatted(boris, task), posted)));
    }

    @Test
    void discarded_event_is_listed_for_ever_and_is_no_difference() {
        var refused = assigned(1, -5);
        events.send(refused, assigned(2, 1_500));
        awaitTransfers(1);
        awaitDifferences(mine -> assertThat(mine).extracting(Difference::rule).containsExactly("EVENT_SET_ASIDE"));
        db.sql("""
                update dead_letters
                   set discarded_at = now(), discarded_by = :admin, set_aside_at = now() - interval '60 days'
                 where fact_id = :fact
                """).param("admin", Ids.next()).param("fact", refused.id()).update();
        var asked = Timestamp.from(Instant.now());
        db.sql("update scheduled_tasks set execution_time = ? where task_name = 'forget-old-facts'").param(asked)
                .update();
        await().atMost(Duration.ofSeconds(20)).until(() -> db.sql("""
                select last_success >= ? from scheduled_tasks where task_name = 'forget-old-facts'
                """).param(asked).query(Boolean.class).single());

        var result = check.run();
        assertThat(mine(result)).isEmpty();
        assertThat(result.discarded()).extracting(Difference::rule, Difference::expected)
                .contains(tuple("EVENT_DISCARDED", "FEE -5 of %s for %s/1".formatted(anna, task)));
    }

    @Test
    void unreadable_record_is_listed_by_its_record_position() {
        var before = check.run().differences().stream().map(Difference::subject).toList();
        events.send(List.of(events.record(assigned(1, 1_500), new byte[]{0, 1, 2}), events.record(assigned(2, 1_500))));
        awaitTransfers(1);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(check.run().differences())
                .filteredOn(difference -> difference.rule().equals("EVENT_SET_ASIDE")
                        && !before.contains(difference.subject()))
                .singleElement().satisfies(difference -> {
                    assertThat(difference.subject()).matches("ates\\.tasks-\\d+-\\d+");
                    assertThat(difference.expected()).isEqualTo("an event that can be read");
                }));
    }

    @Test
    void concurrent_checks_are_isolated_and_leave_no_rows() throws Exception {
        events.send(assigned(1, 1_500), completed(3_000));
        awaitTransfers(2);
        awaitConsumed();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Result> run = check::run;
            var results = threads.invokeAll(List.of(run, run, run));
            for (var result : results) {
                assertThat(result.get()).isEqualTo(results.getFirst().get());
                assertThat(mine(result.get())).isEmpty();
            }
        }
        assertThat(db.sql("select count(*) from told_events").query(Long.class).single()).isZero();
    }

    @Test
    void accountants_see_the_number_of_compared_events() {
        assertThat(http.get().uri("/api/ledger/check")
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ACCOUNTANT))).hasStatusOk().bodyJson()
                .hasPathSatisfying("events", events -> assertThat(events).asNumber().isNotNull());
    }

    private Fact assigned(int number, long feeCents) {
        return Fact.of(Ids.next(), task, number + 2, NOW,
                new TaskAssigned(task, anna, number, feeCents, NOW, null, Amounts.CURRENCY));
    }

    private Fact completed(long amountCents) {
        return Fact.of(Ids.next(), task, 4, NOW, new TaskCompleted(task, anna, 1, amountCents, NOW, Amounts.CURRENCY));
    }

    @Test
    void transfers_are_checked_while_the_broker_hangs() {
        var mark = history.mark(TasksListener.CONSUMER);
        var broker = RealParts.shared().kafka();
        broker.pause();
        try {
            assertThat(check.run().notCompared()).startsWith("It is not known how far accounting.tasks is");
            assertThatThrownBy(() -> history.read(Topics.TASKS, mark, _ -> {
            })).isInstanceOf(UnavailableException.class).hasMessageStartingWith("The events of ates.tasks");
        } finally {
            broker.resume();
        }
        // The consumers' sessions have expired meanwhile.
        awaitConsumed();
    }

    private void post(UUID factId, long cents) {
        var cause = new Received(factId, task.toString(), 1, NOW, null, "the event");
        transaction.executeWithoutResult(
                _ -> ledger.post(List.of(new Posting(Kind.FEE, anna, cents, task, 1, NOW, cause))));
    }

    private void awaitTransfers(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> db.sql("select count(*) from transfers where worker_id = ?")
                .param(anna).query(Integer.class).single() == count);
    }

    /**
     * Offsets are committed a moment after the transaction: a consumed event that has no money is seen then, or never.
     */
    private void awaitConsumed() {
        var lost = assigned(9, 1_900);
        db.sql("insert into inbox (consumer, fact_id) values ('accounting.tasks', ?)").param(lost.id()).update();
        events.send(lost);
        await().atMost(Duration.ofSeconds(30)).until(() -> check.run().differences().stream()
                .anyMatch(difference -> String.valueOf(difference.expected()).contains(task + "/9")));
    }

    private void awaitDifferences(Consumer<List<Difference>> assertion) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertion.accept(mine(check.run())));
    }

    /** The differences about this test's task, without its price, which was never drawn. */
    private List<Difference> mine(Result result) {
        var transfers = db.sql("select id::text from transfers where worker_id = ?").param(anna).query(String.class)
                .list();
        return result.differences().stream()
                .filter(difference -> transfers.contains(difference.subject())
                        || String.valueOf(difference.expected()).contains(task.toString()))
                .filter(difference -> !List.of("PRICE", "REWARD_WITHOUT_FEE").contains(difference.rule()))
                .filter(difference -> !String.valueOf(difference.expected()).contains(task + "/9")).toList();
    }

    private String transfer() {
        return db.sql("select id::text from transfers where worker_id = ? order by place limit 1").param(anna)
                .query(String.class).single();
    }
}
