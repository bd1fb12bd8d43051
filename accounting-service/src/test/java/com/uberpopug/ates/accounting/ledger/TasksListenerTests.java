package com.uberpopug.ates.accounting.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.accounting.price.PricedTasks;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.DeadLetter;
import com.uberpopug.ates.platform.test.Events;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@AccountingTest
class TasksListenerTests {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MICROS);

    private final UUID task = PricedTasks.of(1_500, 3_300);
    private final UUID anna = Ids.next();

    @Autowired
    private Events events;

    @Autowired
    private JdbcClient db;

    @Test
    void new_task_is_priced() {
        events.send(created(task));
        var price = events.await(TaskAmountsCalculated.class, task);
        assertThat(price.getFeeCents()).isBetween(1_000L, 2_000L);
        assertThat(price.getAmountCents()).isBetween(2_000L, 4_000L);
        assertThat(price.getFeeCents() % 100 + price.getAmountCents() % 100).isZero();
    }

    @Test
    void title_and_jira_id_are_kept_whichever_version_came() {
        var both = Ids.next();
        events.send(Fact.of(Ids.next(), task, 1, NOW,
                new TaskCreated(task, "[UBERPOP-42] - Repaint the button", null, anna, NOW)),
                Fact.of(Ids.next(), both, 1, NOW,
                        new com.uberpopug.ates.events.tasks.v2.TaskCreated(both, "UBERPOP-43", "Oil", null, anna, NOW),
                        new TaskCreated(both, "[UBERPOP-43] - Oil", null, anna, NOW)));
        events.await(TaskAmountsCalculated.class, task);
        events.await(TaskAmountsCalculated.class, both);
        assertThat(db.sql("select jira_id || '|' || title from tasks where id in (?, ?) order by jira_id")
                .params(task, both).query(String.class).list())
                .containsExactly("UBERPOP-42|Repaint the button", "UBERPOP-43|Oil");
    }

    @Test
    void price_event_is_derived_from_the_creation() {
        var created = created(task);
        events.send(created);
        var announced = events.awaitRecords(Topics.PRICES, task, 1).getFirst();
        assertThat(Envelope.get(announced.headers(), Envelope.FACT_ID))
                .hasValue(Ids.derived(created.id(), "Tasks.AmountsCalculated").toString());
    }

    @Test
    void task_keeps_its_price_after_a_second_creation() {
        events.send(created(task));
        events.await(TaskAmountsCalculated.class, task);
        events.send(created(task));
        var announced = events.await(TaskAmountsCalculated.class, task, 2);
        assertThat(announced.getFirst()).isEqualTo(announced.getLast());
    }

    @Test
    void assignment_charges_the_fee_and_completion_credits_the_reward() {
        events.send(created(task), assigned(task, 1, 1_500), completed(task, 1, 3_300));
        assertThat(events.await(UserBalanceCharged.class, anna).getBalanceAfterCents()).isEqualTo(-1_500);
        assertThat(events.await(UserBalanceChanged.class, anna).getBalanceAfterCents()).isEqualTo(1_800);
    }

    @Test
    void assignment_before_the_creation_is_posted() {
        events.send(assigned(task, 1, 1_500));
        events.await(UserBalanceCharged.class, anna);
        events.send(created(task));
        events.await(TaskAmountsCalculated.class, task);
    }

    @Test
    void duplicate_is_posted_once() {
        var assigned = assigned(task, 1, 1_500);
        events.send(assigned, assigned, assigned(task, 2, 1_500), assigned, completed(task, 2, 3_300));
        events.await(UserBalanceChanged.class, anna);
        assertThat(log()).containsExactly(-1_500L, -3_000L, 300L);
    }

    @Test
    void unknown_event_type_is_skipped() {
        var unknown = events.record(assigned(task, 1, 1_500));
        Envelope.put(unknown.headers(), Envelope.TYPE, "Tasks.Frobnicated");
        Envelope.put(unknown.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Frobnicated", 1));
        events.send(List.of(unknown));
        events.send(assigned(task, 2, 1_500));
        events.await(UserBalanceCharged.class, anna);
        assertThat(log()).containsExactly(-1_500L);
    }

    @Test
    void poison_in_a_batch_is_a_dead_letter_and_the_rest_is_posted() {
        var batch = new ArrayList<>(IntStream.rangeClosed(1, 40).mapToObj(number -> assigned(task, number, 1_500))
                .map(events::record).toList());
        batch.set(20, events.record(assigned(task, 21, 1_500), new byte[]{0, 1, 2}));
        batch.set(30, events.record(assigned(task, 31, -5)));
        events.send(batch);
        await().untilAsserted(() -> assertThat(log()).hasSize(38).endsWith(-57_000L));
        assertThat(events.awaitDeadLetters(Topics.TASKS, task, 2))
                .extracting(DeadLetter::cause)
                .anySatisfy(cause -> assertThat(cause).contains("Too short"))
                .anySatisfy(cause -> assertThat(cause).contains("-5 cents are not the fee"));
    }

    /** Posted, it would exhaust the company's account for later transfers. */
    @Test
    void excessive_amount_is_a_dead_letter_and_later_events_are_posted() {
        events.send(completed(task, 1, 1L << 62), completed(PricedTasks.ofReward(3_000), 1, 3_000));
        await().untilAsserted(() -> assertThat(log()).containsExactly(3_000L));
        assertThat(events.awaitDeadLetters(Topics.TASKS, task, 1))
                .extracting(DeadLetter::cause)
                .singleElement().asString().contains("cents are not the reward");
    }

    /** As one who may write the topic, but does not know the prices. */
    @Test
    void foreign_amount_is_a_dead_letter_and_moves_nothing() {
        var other = PricedTasks.ofReward(3_000);
        events.send(created(task), assigned(task, 1, 1_600), completed(task, 1, 4_100), completed(Ids.next(), 1, 4_100),
                assigned(task, 2, 3_300), completed(task, 1, 1_500), completed(other, 1, 3_000));
        await().untilAsserted(() -> assertThat(log()).containsExactly(3_000L));
        assertThat(events.awaitDeadLetters(Topics.TASKS, task, 4)).extracting(DeadLetter::cause)
                .allSatisfy(cause -> assertThat(cause).contains("that was drawn for task " + task));
        assertThat(log()).containsExactly(3_000L);
    }

    @Test
    void price_that_was_drawn_with_an_earlier_secret_is_charged() {
        var earlier = PricedTasks.ofFee(1_200);
        db.sql("insert into prices (task_id, fee_cents, amount_cents, drawn_at) values (?, 1900, 2000, now())")
                .param(earlier).update();
        events.send(assigned(earlier, 1, 1_900), completed(earlier, 1, 2_000));
        await().untilAsserted(() -> assertThat(log()).containsExactly(-1_900L, 100L));
    }

    private Fact created(UUID task) {
        return Fact.of(Ids.next(), task, 1, NOW, new TaskCreated(task, "Repaint the button", null, anna, NOW));
    }

    private Fact assigned(UUID task, int number, long feeCents) {
        return Fact.of(Ids.next(), task, number + 2, NOW,
                new TaskAssigned(task, anna, number, feeCents, NOW, null, Amounts.CURRENCY));
    }

    private Fact completed(UUID task, int number, long amountCents) {
        return Fact.of(Ids.next(), task, number + 3, NOW,
                new TaskCompleted(task, anna, number, amountCents, NOW, Amounts.CURRENCY));
    }

    private List<Long> log() {
        return db.sql("select balance_after_cents from transfers where worker_id = ? order by place").param(anna)
                .query(Long.class).list();
    }
}
