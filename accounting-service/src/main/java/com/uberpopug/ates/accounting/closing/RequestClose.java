package com.uberpopug.ates.accounting.closing;

import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Requests the close of a day that has begun. */
@Component
class RequestClose {

    private final JdbcClient db;
    private final BusinessDays days;
    private final SecurityLog securityLog;
    private final Clock clock;

    RequestClose(JdbcClient db, BusinessDays days, SecurityLog securityLog, Clock clock) {
        this.db = db;
        this.days = days;
        this.securityLog = securityLog;
        this.clock = clock;
    }

    /** The result of a request. */
    enum Outcome {
        REQUESTED, IN_THE_FUTURE, UNKNOWN, BEING_CLOSED, CLOSED_ALREADY
    }

    @Transactional
    Outcome request(LocalDate date, UUID requester) {
        var today = days.today();
        var first = days.first().orElse(today);
        if (date.isBefore(first)) {
            return Outcome.UNKNOWN;
        }
        var oldestOpen = days.oldestOpen().orElse(today);
        if (date.isBefore(oldestOpen)) {
            return isUnfinished(date) ? Outcome.BEING_CLOSED : Outcome.CLOSED_ALREADY;
        }
        if (date.isAfter(days.lastEnded(Duration.ZERO).plusDays(1))) {
            return Outcome.IN_THE_FUTURE;
        }
        int requested = db.sql("""
                insert into business_days as day (business_date, requested_at, requested_by)
                values (:date, :now, :requester)
                on conflict (business_date) do update
                   set requested_at = coalesce(day.requested_at, excluded.requested_at),
                       requested_by = coalesce(day.requested_by, excluded.requested_by)
                 where day.finished_at is null
                """)
                .param("date", date).param("now", Timestamp.from(clock.instant())).param("requester", requester)
                .update();
        if (requested == 0) {
            return Outcome.CLOSED_ALREADY;
        }
        securityLog.record(SecurityEntry.done(SecurityKind.CLOSE_REQUESTED).by(requester).of(date));
        return Outcome.REQUESTED;
    }

    private boolean isUnfinished(LocalDate date) {
        return db.sql("""
                select exists (select from business_days where business_date = :date and finished_at is null)
                """).param("date", date).query(Boolean.class).single();
    }
}
