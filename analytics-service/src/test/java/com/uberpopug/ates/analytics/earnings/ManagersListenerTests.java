package com.uberpopug.ates.analytics.earnings;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.Period;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest(database = "analytics")
class ManagersListenerTests {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    /** A past date of its own for each test, so that its closing moves no test's current date. */
    private static LocalDate next = LocalDate.of(1980, 1, 1);

    private final LocalDate date = next = next.plusDays(1);

    @Autowired
    private Events events;

    @Autowired
    private Earnings earnings;

    @Autowired
    private JdbcClient db;

    @Test
    void latest_announcement_of_a_date_counts() {
        events.send(changed(2, 1_500, 1_500), changed(3, -2_700, -1_200));
        awaitEarned(-1_200);
    }

    @Test
    void overtaken_announcement_is_ignored() {
        events.send(changed(5, 800, 3_000));
        awaitEarned(3_000);
        events.send(changed(4, 2_200, 2_200));
        awaitMarker();
        assertThat(earned()).isEqualTo(3_000);
    }

    @Test
    void closed_date_has_the_earnings_of_its_closing() {
        events.send(changed(2, 1_500, 1_500), closed(1_700), changed(3, 200, 1_900));
        awaitMarker();
        assertThat(earned()).isEqualTo(1_700);
        assertThat(isClosed()).isTrue();
    }

    @Test
    void date_without_a_transfer_can_be_closed() {
        events.send(closed(0));
        eventually(() -> assertThat(isClosed()).isTrue());
    }

    @Test
    void duplicate_changes_nothing() {
        var fact = changed(2, 1_500, 1_500);
        events.send(fact, changed(3, 500, 2_000), fact, fact);
        awaitMarker();
        assertThat(earned()).isEqualTo(2_000);
    }

    @Test
    void unknown_type_is_skipped() {
        var applause = events.record(changed(2, 9_900, 9_900), new byte[]{1, 2, 3});
        Envelope.put(applause.headers(), Envelope.TYPE, "Managers.Applauded");
        Envelope.put(applause.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Managers.Applauded", 1));
        events.send(List.of(applause));
        events.send(changed(3, 500, 500));
        awaitEarned(500);
    }

    @Test
    void malformed_record_becomes_a_dead_letter_and_the_next_one_counts() {
        var poison = events.record(changed(2, 1, 1), new byte[]{0, 0, 0});
        events.send(List.of(poison));
        events.send(changed(3, 700, 700));
        awaitEarned(700);
        assertThat(events.awaitDeadLetters(Topics.MANAGERS, date, 1).getFirst()
                .value()).isEqualTo(poison.value());
    }

    /** A marker on another date and the same key: once it is applied, all earlier records are. */
    private void awaitMarker() {
        var marker = next = next.plusDays(1);
        events.send(Fact.of(Ids.next(), date, 1, NOW,
                new ManagersBalanceChanged(marker, 1L, 1L, 1, Instant.EPOCH, Amounts.CURRENCY)));
        eventually(() -> assertThat(earned(marker)).isEqualTo(1));
    }

    private void awaitEarned(long cents) {
        eventually(() -> assertThat(earned()).isEqualTo(cents));
    }

    private long earned() {
        return earned(date);
    }

    private long earned(LocalDate of) {
        return earnings.of(new Period(of, of)).getFirst().earnedCents();
    }

    private boolean isClosed() {
        return db.sql("select exists (select from closed_days where business_date = ?)").param(date)
                .query(Boolean.class).single();
    }

    private Fact changed(long sequence, long change, long earned) {
        return Fact.of(Ids.next(), date, sequence, NOW,
                new ManagersBalanceChanged(date, change, earned, 1, Instant.EPOCH, Amounts.CURRENCY));
    }

    /**
     * The closing's sequence counts transfers, like those of the announcements, so it need not be higher than theirs.
     */
    private Fact closed(long earned) {
        return Fact.of(Ids.next(), date, 2, NOW,
                new BusinessDayClosed(date, earned, 0, 0L, NOW, NOW, Amounts.CURRENCY));
    }
}
