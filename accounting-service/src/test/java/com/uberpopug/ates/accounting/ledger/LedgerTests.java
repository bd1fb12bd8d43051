package com.uberpopug.ates.accounting.ledger;

import static com.uberpopug.ates.accounting.ledger.Postings.fee;
import static com.uberpopug.ates.accounting.ledger.Postings.reward;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer.Outcome;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Events;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;

@AccountingTest
class LedgerTests {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MICROS);

    private final UUID anna = Ids.next();
    private final UUID boris = Ids.next();
    private final UUID task = Ids.next();

    @Autowired
    private Ledger ledger;

    @Autowired
    private CorrectTransfer correctTransfer;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private Events events;

    @Test
    void fee_is_charged_and_reward_is_credited() {
        post(fee(anna, 1_200, task, 1, NOW), reward(anna, 3_000, task, 1, NOW));
        assertThat(log(anna)).containsExactly("1 FEE 1200 -> -1200", "2 REWARD 3000 -> 1800");
        assertThat(balance(anna)).isEqualTo(1_800);
    }

    @Test
    void posted_transfers_are_counted_by_kind() {
        double fees = posted("FEE");
        double rewards = posted("REWARD");
        transaction.executeWithoutResult(status -> {
            ledger.post(List.of(fee(boris, 1_200, task, 2, NOW)));
            status.setRollbackOnly();
        });
        post(fee(anna, 1_200, task, 1, NOW), fee(anna, 1_200, task, 3, NOW), reward(anna, 3_000, task, 3, NOW));
        post(fee(anna, 1_200, task, 1, NOW));
        assertThat(posted("FEE")).isEqualTo(fees + 2);
        assertThat(posted("REWARD")).isEqualTo(rewards + 1);
        assertThat(posted("PAYOUT")).isNotNegative();
    }

    @Test
    void refused_correction_is_not_counted() {
        post(fee(anna, 1_200, task, 1, NOW));
        var id = db.sql("select id from transfers where worker_id = ?").param(anna).query(UUID.class).single();
        double corrections = posted("CORRECTION");
        transaction.executeWithoutResult(_ -> {
            var before = db.sql("select debits_cents, credits_cents from accounts where id = ? for update")
                    .param(Accounts.TASKS).query().singleRow();
            sums(Accounts.TASKS, Long.MAX_VALUE - 500, Long.MAX_VALUE - 500);
            assertThat(correctTransfer.correct(id, "A slip", boris)).isEqualTo(new Outcome.Overflow());
            sums(Accounts.TASKS, (long) before.get("debits_cents"), (long) before.get("credits_cents"));
        });
        assertThat(posted("CORRECTION")).isEqualTo(corrections);
    }

    private double posted(String kind) {
        return meters.get("ates.ledger.transfers").tag("kind", kind).counter().count();
    }

    @Test
    void metrics_show_moved_cents_and_debts() {
        double fees = meters.get("ates.ledger.cents").tag("kind", "FEE").counter().count();
        post(fee(anna, 1_200, task, 1, NOW), fee(boris, 700, task, 2, NOW));
        assertThat(meters.get("ates.ledger.cents").tag("kind", "FEE").counter().count() - fees).isEqualTo(1_900);
        // Of all tests in this database; a figure is up to five seconds old.
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(meters.get("ates.workers.below.zero").gauge().value()).isEqualTo(belowZero("count(*)"));
            assertThat(meters.get("ates.workers.below.zero.cents").gauge().value())
                    .isEqualTo(belowZero("sum(debits_cents - credits_cents)")).isGreaterThanOrEqualTo(1_900);
        });
    }

    private double belowZero(String figure) {
        return db.sql("select " + figure + " from accounts where kind = 'WORKER' and debits_cents > credits_cents")
                .query(Double.class).single();
    }

    @Test
    void several_postings_of_a_worker_in_a_batch_have_a_running_balance() {
        var other = Ids.next();
        post(fee(anna, 1_000, task, 1, NOW), fee(boris, 1_000, task, 2, NOW), fee(anna, 1_100, other, 1, NOW),
                fee(anna, 1_000, task, 3, NOW), reward(anna, 2_000, task, 3, NOW));
        assertThat(log(anna)).containsExactly("1 FEE 1000 -> -1000", "2 FEE 1100 -> -2100", "3 FEE 1000 -> -3100",
                "4 REWARD 2000 -> -1100");
        assertThat(log(boris)).containsExactly("1 FEE 1000 -> -1000");
    }

    @Test
    void next_batch_continues_the_log() {
        post(fee(anna, 1_000, task, 1, NOW));
        post(reward(anna, 2_500, task, 1, NOW));
        assertThat(log(anna)).containsExactly("1 FEE 1000 -> -1000", "2 REWARD 2500 -> 1500");
    }

    @Test
    void assignment_is_charged_once_for_several_events() {
        post(fee(anna, 1_000, task, 1, NOW), fee(anna, 1_000, task, 1, NOW));
        post(fee(anna, 1_000, task, 1, NOW), fee(anna, 1_000, task, 2, NOW));
        assertThat(log(anna)).containsExactly("1 FEE 1000 -> -1000", "2 FEE 1000 -> -2000");
    }

    @Test
    void task_is_rewarded_once_for_several_assignments() {
        post(reward(anna, 2_000, task, 1, NOW), reward(anna, 2_000, task, 2, NOW));
        post(reward(anna, 2_000, task, 3, NOW));
        assertThat(log(anna)).containsExactly("1 REWARD 2000 -> 2000");
    }

    @Test
    void batch_may_mix_dates() {
        var yesterday = NOW.minus(1, ChronoUnit.DAYS);
        long today = earned(date(NOW));
        long before = earned(date(yesterday));
        post(fee(anna, 1_000, task, 1, yesterday), fee(boris, 1_500, task, 2, NOW), reward(boris, 4_000, task, 2, NOW));
        assertThat(earned(date(yesterday)) - before).isEqualTo(1_000);
        assertThat(earned(date(NOW)) - today).isEqualTo(-2_500);
    }

    @Test
    void future_event_counts_for_today() {
        post(fee(anna, 1_000, task, 1, NOW.plus(3, ChronoUnit.DAYS)));
        assertThat(db.sql("select business_date from transfers where worker_id = ?").param(anna)
                .query(LocalDate.class).single()).isEqualTo(date(Instant.now()));
    }

    @Test
    void transfers_are_announced_with_log_position_and_dates_once_a_batch() {
        var cause = fee(anna, 1_000, task, 1, NOW);
        post(cause, reward(anna, 2_000, task, 1, NOW));

        var charged = events.await(UserBalanceCharged.class, anna);
        assertThat(charged.getFeeCents()).isEqualTo(1_000);
        assertThat(charged.getChangeCents()).isEqualTo(-1_000);
        assertThat(charged.getBalanceAfterCents()).isEqualTo(-1_000);
        assertThat(charged.getTaskId()).isEqualTo(task);
        assertThat(charged.getTransferId()).isEqualTo(cause.transferId());
        var changed = events.await(UserBalanceChanged.class, anna);
        assertThat(changed.getKind()).isEqualTo(BalanceChangeKind.REWARD);
        assertThat(changed.getCorrectsKind()).isNull();
        assertThat(changed.getChangeCents()).isEqualTo(2_000);
        assertThat(changed.getBalanceAfterCents()).isEqualTo(1_000);
        assertThat(events.awaitRecords(Topics.BALANCES, anna, 2))
                .extracting(record -> Envelope.get(record.headers(), Envelope.AGGREGATE_VERSION).orElse(""))
                .containsExactly("1", "2");
        assertThat(events.await(ManagersBalanceChanged.class, date(NOW)))
                .satisfies(day -> assertThat(day.getTransfers()).isPositive());
    }

    @Test
    void amount_that_is_not_positive_posts_nothing() {
        assertThatThrownBy(() -> post(fee(anna, 1_000, task, 1, NOW), fee(boris, 0, task, 2, NOW)))
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThat(log(anna)).isEmpty();
    }

    @Test
    void overflow_of_a_balance_posts_nothing() {
        // Rolled back, so that other tests do not see this sum in the company's account.
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            ledger.post(List.of(reward(anna, 1_000, task, 1, NOW)));
            nearlyFull(anna);
            assertThatThrownBy(() -> ledger.post(List.of(fee(boris, 1_000, task, 1, NOW),
                    reward(anna, 20_000_000, Ids.next(), 1, NOW)))).isInstanceOf(ArithmeticException.class);
            assertThat(log(anna)).hasSize(1);
            assertThat(log(boris)).isEmpty();
        });
    }

    @Test
    void overflow_of_the_company_account_posts_nothing() {
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            nearlyFull(Accounts.TASKS);
            assertThatThrownBy(() -> ledger.post(List.of(reward(boris, 20_000_000, Ids.next(), 1, NOW))))
                    .rootCause().hasMessageContaining("bigint out of range");
        });
    }

    @Test
    void posting_needs_the_transaction_of_its_cause() {
        assertThatThrownBy(() -> ledger.post(List.of(fee(anna, 1_000, task, 1, NOW))))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    private void nearlyFull(UUID account) {
        sums(account, Long.MAX_VALUE - 10_000_000, Long.MAX_VALUE - 10_000_000);
    }

    private void sums(UUID account, long debits, long credits) {
        db.sql("update accounts set debits_cents = :debits, credits_cents = :credits where id = :account")
                .param("debits", debits).param("credits", credits).param("account", account).update();
    }

    private void post(Posting... postings) {
        transaction.executeWithoutResult(_ -> ledger.post(List.of(postings)));
    }

    private List<String> log(UUID worker) {
        return db.sql("""
                select place || ' ' || kind || ' ' || cents || ' -> ' || balance_after_cents
                  from transfers where worker_id = ? order by place
                """).param(worker).query(String.class).list();
    }

    private long balance(UUID worker) {
        return db.sql("select credits_cents - debits_cents from accounts where id = ?").param(worker)
                .query(Long.class).single();
    }

    private long earned(LocalDate date) {
        return db.sql("select coalesce(sum(earned_cents), 0) from earnings where business_date = ?").param(date)
                .query(Long.class).single();
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
