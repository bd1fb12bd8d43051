package com.uberpopug.ates.accounting.closing;

import com.uberpopug.ates.accounting.email.Emails;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.LedgerEventPublisher;
import com.uberpopug.ates.accounting.ledger.PayWorkers;
import com.uberpopug.ates.accounting.ledger.Payout;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Closes a business day, step by step: each step is a transaction that locks the day's row and leaves in it where the
 * next one goes on, whoever takes it.
 */
@Component
class CloseDay {

    private final JdbcClient db;
    private final BusinessDays days;
    private final PayWorkers payWorkers;
    private final Emails emails;
    private final LedgerEventPublisher events;
    private final Clock clock;

    CloseDay(JdbcClient db, BusinessDays days, PayWorkers payWorkers, Emails emails, LedgerEventPublisher events,
            Clock clock) {
        this.db = db;
        this.days = days;
        this.payWorkers = payWorkers;
        this.emails = emails;
        this.events = events;
        this.clock = clock;
    }

    private record Day(@Nullable Instant closedAt, @Nullable UUID paidUntil, @Nullable Instant finishedAt) {
    }

    /** Takes the next step; false says that there was none left to take, or that an older day is to be closed before. */
    @Transactional
    boolean step(LocalDate date) {
        var day = lock(date);
        if (day.finishedAt() != null) {
            return false;
        }
        if (day.closedAt() == null) {
            if (days.oldestOpen().orElse(date).isBefore(date) || isUnfinishedBefore(date)) {
                // Between the look and the lock something was dated before the first day that there was, or another
                // instance has closed a day: what is owed for an older day is paid first.
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
        // Waits for postings that open an older day, and keeps others from doing so, until this step is done.
        db.sql("lock table business_days in share row exclusive mode").update();
        db.sql("insert into business_days (business_date) values (:date) on conflict do nothing").param("date", date)
                .update();
        return db.sql("""
                select closed_at, paid_until, finished_at from business_days where business_date = :date for update
                """).param("date", date).query(Day.class).single();
    }

    /** Waits for the postings that hold the day; from here on there are no more. */
    private void close(LocalDate date) {
        db.sql("update business_days set closed_at = :now where business_date = :date")
                .param("now", Timestamp.from(clock.instant())).param("date", date).update();
        // Postings that have waited find the next day there, and need not add it while they hold this one.
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
        db.sql("update business_days set finished_at = :now where business_date = :date")
                .param("now", Timestamp.from(now)).param("date", date).update();
        events.publishClosed(db.sql("""
                select day.business_date, coalesce(earned_cents, 0) as earned_cents,
                       coalesce(transfers, 0) as transfers, payouts, paid_cents, finished_at
                  from business_days day left join earnings using (business_date)
                 where day.business_date = :date
                """).param("date", date).query(LedgerEventPublisher.ClosedDay.class).single());
    }
}
