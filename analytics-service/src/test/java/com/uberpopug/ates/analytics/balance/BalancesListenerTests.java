package com.uberpopug.ates.analytics.balance;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.analytics.WorkerLog;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest(database = "analytics")
class BalancesListenerTests {

    private static final LocalDate MONDAY = LocalDate.of(2026, 11, 16);
    private static final LocalDate TUESDAY = MONDAY.plusDays(1);

    private final WorkerLog anna = new WorkerLog();

    @Autowired
    private Events events;

    @Autowired
    private JdbcClient db;

    @Test
    void fees_rewards_corrections_and_payouts_move_the_balance_of_their_dates() {
        var fee = anna.fee(MONDAY, 1_500);
        events.send(fee, anna.fee(MONDAY, 1_200), anna.reward(Ids.next(), TUESDAY, 4_000),
                anna.correction(fee, TUESDAY), anna.payout(TUESDAY), anna.fee(TUESDAY.plusDays(1), 1_000));
        awaitBalances(-1_000, -2_700, 0, -1_000);
    }

    @Test
    void change_of_an_open_date_moves_later_dates_too() {
        events.send(anna.fee(MONDAY, 1_500), anna.fee(TUESDAY, 1_200));
        awaitBalances(-2_700, -1_500, -2_700);
        events.send(anna.reward(Ids.next(), MONDAY, 4_000));
        awaitBalances(1_300, 2_500, 1_300);
    }

    @Test
    void duplicate_changes_nothing() {
        var fee = anna.fee(MONDAY, 1_500);
        events.send(fee, anna.fee(MONDAY, 1_200), fee, fee, anna.fee(TUESDAY, 1_000));
        awaitBalances(-3_700, -2_700, -3_700);
    }

    @Test
    void unknown_type_is_skipped() {
        var forecast = events.record(new WorkerLog().fee(MONDAY, 1_500), new byte[]{1, 2, 3});
        Envelope.put(forecast.headers(), Envelope.TYPE, "Users.BalanceForecast");
        Envelope.put(forecast.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Users.BalanceForecast", 1));
        events.send(List.of(forecast));
        events.send(anna.fee(MONDAY, 1_500));
        awaitBalances(-1_500, -1_500);
    }

    @Test
    void malformed_record_becomes_a_dead_letter_and_counts_after_a_valid_replay() {
        var fee = anna.fee(MONDAY, 1_500);
        events.send(List.of(events.record(fee, new byte[]{0, 0, 0})));
        events.send(anna.fee(TUESDAY, 1_000));
        // The current balance comes from accounting's event; Monday's is still unknown.
        awaitBalances(-2_500, -1_000);
        assertThat(events.awaitDeadLetters(Topics.BALANCES, anna.workerId(), 1))
                .hasSize(1);

        events.send(fee);
        awaitBalances(-2_500, -1_500, -2_500);
    }

    @Test
    void event_of_an_unknown_worker_creates_the_worker() {
        events.send(anna.reward(Ids.next(), MONDAY, 2_000));
        awaitBalances(2_000, 2_000);
    }

    private void awaitBalances(long now, long... atTheEndOfDates) {
        eventually(() -> {
            assertThat(db.sql("select balance_cents from balances where worker_id = ?").param(anna.workerId())
                    .query(Long.class).optional()).contains(now);
            assertThat(db.sql("select balance_cents from daily_balances where worker_id = ? order by business_date")
                    .param(anna.workerId()).query(Long.class).list().stream().mapToLong(Long::longValue).toArray())
                    .containsExactly(atTheEndOfDates);
        });
    }
}
