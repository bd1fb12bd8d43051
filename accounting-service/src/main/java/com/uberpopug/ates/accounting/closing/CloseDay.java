package com.uberpopug.ates.accounting.closing;

import com.uberpopug.ates.accounting.email.Emails;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.LedgerEventPublisher;
import com.uberpopug.ates.accounting.ledger.PayWorkers;
import com.uberpopug.ates.accounting.ledger.Payout;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Closes a business day in steps. Each step is one transaction that locks the day's row and stores the progress in it,
 * so that any instance can take the next step.
 */
@Component
class CloseDay {

    private final JdbcClient db;
    private final BusinessDays days;
    private final PayWorkers payWorkers;
    private final Emails emails;
    private final LedgerEventPublisher events;
    private final SecurityLog securityLog;
    private final Clock clock;

    CloseDay(JdbcClient db, BusinessDays days, PayWorkers payWorkers, Emails emails, LedgerEventPublisher events,
            SecurityLog securityLog, Clock clock) {
        this.db = db;
        this.days = days;
        this.payWorkers = payWorkers;
        this.emails = emails;
        this.events = events;
        this.securityLog = securityLog;
        this.clock = clock;
    }

    private record Day(@Nullable Instant closedAt, @Nullable UUID paidUntil, @Nullable Instant finishedAt) {
    }

    /** Takes the next step; false if the day is finished, or if an older day must be closed first. */
    @Transactional
    boolean step(LocalDate date) {
        var day = lock(date);
        if (day.finishedAt() != null) {
            return false;
        }
        if (day.closedAt() == null) {
            if (days.oldestOpen().orElse(date).isBefore(date) || isUnfinishedBefore(date)) {
                // Between the read and the lock, a transfer opened an older day, or another instance closed one: older
                // days are paid first.
                return false;
            }
            close(date);
        } else {
            pay(date, day.paidUntil());
        }
        return true;
    }

    private boolean isUnfinishedBefore(LocalDate date) {
        return db.sql("""
                select exists (select from business_days
                                where business_date < ? and closed_at is not null and finished_at is null)
                """).param(date).query(Boolean.class).single();
    }

    private Day lock(LocalDate date) {
        // Waits for postings that open an older day, and blocks new ones until the step is committed.
        db.sql("lock table business_days in share row exclusive mode").update();
        db.sql("insert into business_days (business_date) values (:date) on conflict do nothing").param("date", date)
                .update();
        return db.sql("""
                select closed_at, paid_until, finished_at from business_days where business_date = :date for update
                """).param("date", date).query(Day.class).single();
    }

    /** Waits for the postings that hold the day; later ones get another date. */
    private void close(LocalDate date) {
        db.sql("update business_days set closed_at = :now where business_date = :date")
                .param("now", Timestamp.from(clock.instant())).param("date", date).update();
        // Waiting postings find the next day, and need not insert it while they hold this one.
        db.sql("insert into business_days (business_date) values (:next) on conflict do nothing")
                .param("next", date.plusDays(1)).update();
    }

    private void pay(LocalDate date, @Nullable UUID after) {
        var now = clock.instant();
        var chunk = payWorkers.payNext(date, after, now);
        if (chunk.last() == null) {
            finish(date, now);
            return;
        }
        emails.record(chunk.payouts(), now);
        db.sql("""
                update business_days
                   set paid_until = :last, payouts = payouts + :count, paid_cents = paid_cents + :cents
                 where business_date = :date
                """)
                .param("last", chunk.last()).param("count", chunk.payouts().size())
                .param("cents", chunk.payouts().stream().mapToLong(Payout::paidCents).reduce(0, Math::addExact))
                .param("date", date).update();
    }

    private void finish(LocalDate date, Instant now) {
        var requester = db.sql("""
                update business_days set finished_at = :now where business_date = :date returning requested_by
                """).param("now", Timestamp.from(now)).param("date", date)
                .query((row, _) -> Optional.ofNullable(row.getObject("requested_by", UUID.class))).single();
        securityLog.record(SecurityEntry.done(SecurityKind.DAY_CLOSED).by(requester.orElse(null)).of(date));
        events.publishClosed(db.sql("""
                select day.business_date, coalesce(earned_cents, 0) as earned_cents,
                       coalesce(transfers, 0) as transfers, payouts, paid_cents, closed_at, finished_at
                  from business_days day left join earnings using (business_date)
                 where day.business_date = :date
                """).param("date", date).query(LedgerEventPublisher.ClosedDay.class).single());
    }
}
