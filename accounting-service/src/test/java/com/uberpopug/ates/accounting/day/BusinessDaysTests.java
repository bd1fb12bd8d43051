package com.uberpopug.ates.accounting.day;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.accounting.AccountingTest;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** Uses days long ago and rolls back, so that other tests' days stay open. */
@AccountingTest
@Transactional
class BusinessDaysTests {

    @Autowired
    private JdbcClient db;

    @ParameterizedTest
    @CsvSource({"UTC, 2001-03-05T23:59:59Z, 2001-03-05", "UTC, 2001-03-06T00:00:00Z, 2001-03-06",
            "Asia/Tokyo, 2001-03-05T14:59:59Z, 2001-03-05", "Asia/Tokyo, 2001-03-05T15:00:00Z, 2001-03-06",
            // Days of 23 and of 25 hours.
            "Europe/Berlin, 2001-03-24T23:00:00Z, 2001-03-25", "Europe/Berlin, 2001-03-25T21:59:59Z, 2001-03-25",
            "Europe/Berlin, 2001-10-27T22:00:00Z, 2001-10-28", "Europe/Berlin, 2001-10-28T22:59:59Z, 2001-10-28"})
    void transfer_is_dated_the_day_of_its_event(ZoneId zone, Instant occurred, LocalDate date) {
        assertThat(days("2001-12-01T12:00:00Z", zone).lockOpenDates(List.of(occurred))).containsEntry(occurred, date);
    }

    @Test
    void future_event_is_dated_today() {
        var tomorrow = Instant.parse("2001-03-07T00:00:01Z");
        assertThat(days("2001-03-06T12:00:00Z", ZoneOffset.UTC).lockOpenDates(List.of(tomorrow)))
                .containsEntry(tomorrow, LocalDate.parse("2001-03-06"));
    }

    @Test
    void late_event_of_a_closed_day_is_dated_the_oldest_open_day() {
        close("2001-03-05");
        var late = Instant.parse("2001-03-04T10:00:00Z");
        var inTime = Instant.parse("2001-03-08T10:00:00Z");
        assertThat(days("2001-03-09T12:00:00Z", ZoneOffset.UTC).lockOpenDates(List.of(late, inTime)))
                .containsEntry(late, LocalDate.parse("2001-03-06"))
                .containsEntry(inTime, LocalDate.parse("2001-03-08"));
    }

    @Test
    void event_of_an_unset_clock_opens_no_day() {
        var days = days("2001-03-09T12:00:00Z", ZoneOffset.UTC);
        var never = Instant.ofEpochSecond(1_796_000);
        var first = days.first().orElse(LocalDate.parse("2001-03-09"));
        assertThat(days.lockOpenDates(List.of(never))).containsEntry(never, first);
        days.lockOpenDates(List.of(Instant.parse("2000-01-01T00:00:00Z")));
        assertThat(days.lockOpenDates(List.of(never))).containsEntry(never, BusinessDays.EARLIEST);
        close("2001-03-05");
        assertThat(days.lockOpenDates(List.of(never))).containsEntry(never, LocalDate.parse("2001-03-06"));
    }

    @Test
    void today_is_the_next_day_after_its_close() {
        close("2001-03-09");
        assertThat(days("2001-03-09T12:00:00Z", ZoneOffset.UTC).today()).isEqualTo("2001-03-10");
    }

    private BusinessDays days(String now, ZoneId zone) {
        return new BusinessDays(db, Clock.fixed(Instant.parse(now), ZoneOffset.UTC), zone);
    }

    private void close(String date) {
        db.sql("insert into business_days (business_date, closed_at) values (?, now())").param(LocalDate.parse(date))
                .update();
    }
}
