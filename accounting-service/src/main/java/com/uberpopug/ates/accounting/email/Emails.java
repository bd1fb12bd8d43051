package com.uberpopug.ates.accounting.email;

import com.uberpopug.ates.accounting.ledger.Payout;
import com.uberpopug.ates.accounting.email.EmailView.Status;
import com.uberpopug.ates.platform.events.CachedGauge;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The emails of payouts, one for each; their statuses and retries. */
@Repository
public class Emails {

    private static final String RETRY = """
            update emails set status = 'PENDING', attempts = 0, setbacks = 0, since = :now, next_attempt_at = :now
             where status = 'GIVEN_UP'
            """;

    /**
     * A server's error may quote the address, so it is stored only for a worker who is not erased. The share lock
     * waits for a running erasure; a later erasure deletes the stored error.
     */
    private static final String ERROR_UNLESS_ERASED = """
            (select :error from users where id = worker_id and email is not null for share)
            """;

    /** Longer ago, an email that was given up is no alarm any more. */
    private static final Duration ALARMS_FOR = Duration.ofDays(30);

    private static final String EMAILS = """
            select fact_id as id, worker_id as user_id, business_date, paid_cents, status, attempts,
                   case status when 'PENDING' then next_attempt_at end as next_attempt_at, last_error, sent_at
              from emails
            """;

    private final JdbcClient db;

    Emails(JdbcClient db, Clock clock, MeterRegistry meters) {
        this.db = db;
        var unsent = new CachedGauge<>(() -> unsent(clock.instant()));
        Gauge.builder("ates.emails.waiting", () -> unsent.value(Unsent::waiting))
                .description("Emails of payouts that wait to be sent, counted up to 100,000").register(meters);
        Gauge.builder("ates.emails.oldest.age", () -> unsent.value(Unsent::oldestAgeSeconds))
                .description("For how long the oldest of them has waited").baseUnit("seconds").register(meters);
        Gauge.builder("ates.emails.given.up", () -> unsent.value(Unsent::givenUp))
                .description("Emails of the last 30 days that were given up, counted up to 100,000").register(meters);
    }

    private record Unsent(long waiting, double oldestAgeSeconds, long givenUp) {
    }

    private Unsent unsent(Instant now) {
        return db.sql("""
                select count(*) filter (where status = 'PENDING') as waiting,
                       coalesce(extract(epoch from :now - min(since) filter (where status = 'PENDING')), 0)
                           as oldest_age_seconds,
                       count(*) filter (where status = 'GIVEN_UP' and since > :since) as given_up
                  from (select status, since from emails where status <> 'SENT' order by business_date desc
                         limit 100000) as unsent
                """).param("now", Timestamp.from(now)).param("since", Timestamp.from(now.minus(ALARMS_FOR)))
                .query(Unsent.class).single();
    }

    /**
     * A pending email.
     *
     * @param attempts number of attempts, this one included
     * @param since    time when it was recorded or retried by hand
     * @param setbacks number of attempts since then that the server refused for good, or left unconfirmed
     */
    record Email(UUID factId, UUID workerId, LocalDate businessDate, long paidCents, long feesCents, long rewardsCents,
            long carriedOverCents, int attempts, Instant since, int setbacks) {
    }

    /** Records an email for each payout, in the transaction of the payouts. */
    public void record(List<Payout> payouts, Instant now) {
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, next_attempt_at, since)
                select payout.*, :now, :now
                  from unnest(:factIds, :workerIds, :dates, :paid, :fees, :rewards, :carriedOver) as payout
                on conflict do nothing
                """)
                .param("now", Timestamp.from(now))
                .param("factIds", SqlArray.uuids(payouts, Payout::factId))
                .param("workerIds", SqlArray.uuids(payouts, Payout::workerId))
                .param("dates", SqlArray.dates(payouts, Payout::businessDate))
                .param("paid", SqlArray.longs(payouts, Payout::paidCents))
                .param("fees", SqlArray.longs(payouts, Payout::feesCents))
                .param("rewards", SqlArray.longs(payouts, Payout::rewardsCents))
                .param("carriedOver", SqlArray.longs(payouts, Payout::carriedOverCents))
                .update();
    }

    /**
     * Takes a due email, and postpones its next attempt by the lease: if the sender dies, the email is due again only
     * then.
     */
    Optional<Email> take(Instant now, Duration lease) {
        // With "in" instead of "=", some plans run the subquery again for each row, and take all that is due.
        return db.sql("""
                update emails set attempts = attempts + 1, next_attempt_at = :next
                 where fact_id = (select fact_id from emails
                                   where status = 'PENDING' and next_attempt_at <= :now
                                   order by next_attempt_at limit 1 for update skip locked)
                returning fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents, carried_over_cents,
                          attempts, since, setbacks
                """)
                .param("now", Timestamp.from(now)).param("next", Timestamp.from(now.plus(lease)))
                .query(Email.class).optional();
    }

    void sent(UUID factId, Instant now) {
        db.sql("""
                update emails set status = 'SENT', sent_at = :now, last_error = null
                 where fact_id = :id and status = 'PENDING'
                """)
                .param("now", Timestamp.from(now)).param("id", factId).update();
    }

    /** Schedules the next attempt after a failure. */
    void failed(UUID factId, String error, Instant nextAttempt, boolean isSetback) {
        db.sql("update emails set last_error = " + ERROR_UNLESS_ERASED + """
                     , next_attempt_at = :next, setbacks = setbacks + :setback
                 where fact_id = :id and status = 'PENDING'
                """)
                .param("error", error).param("next", Timestamp.from(nextAttempt)).param("setback", isSetback ? 1 : 0)
                .param("id", factId).update();
    }

    void givenUp(UUID factId, String error) {
        db.sql("update emails set status = 'GIVEN_UP', last_error = " + ERROR_UNLESS_ERASED
                + " where fact_id = :id and status = 'PENDING'")
                .param("error", error).param("id", factId).update();
    }

    /** Gives up for a reason without personal data. */
    void undeliverable(UUID factId, String reason) {
        db.sql("""
                update emails set status = 'GIVEN_UP', last_error = :reason where fact_id = :id and status = 'PENDING'
                """)
                .param("reason", reason).param("id", factId).update();
    }

    /** Postpones the email of an unknown worker, without counting an attempt. */
    void awaitWorker(UUID factId, String reason, Instant nextLook) {
        db.sql("""
                update emails set last_error = :reason, next_attempt_at = :next, attempts = attempts - 1
                 where fact_id = :id and status = 'PENDING'
                """)
                .param("reason", reason).param("next", Timestamp.from(nextLook)).param("id", factId).update();
    }

    /** Retries an email that was given up; false if it was not. */
    boolean retry(UUID factId, Instant now) {
        return db.sql(RETRY + " and fact_id = :id").param("now", Timestamp.from(now)).param("id", factId)
                .update() == 1;
    }

    /** Retries all emails that were given up, or those of a day; returns their number. */
    int retryAll(@Nullable LocalDate businessDate, Instant now) {
        return db.sql(RETRY + " and (:date::date is null or business_date = :date)").param("now", Timestamp.from(now))
                .param("date", businessDate).update();
    }

    /** The number of emails that were given up, and the sum of their payouts. */
    record GivenUp(long emails, long cents) {
    }

    GivenUp givenUp() {
        return db.sql("""
                select count(*) as emails, coalesce(sum(paid_cents), 0)::bigint as cents
                  from emails where status = 'GIVEN_UP'
                """).query(GivenUp.class).single();
    }

    /** The last email of a page. */
    record After(LocalDate date, UUID id) {

        static After parse(List<String> parts) {
            return new After(Cursor.date(parts.get(0)), Cursor.uuid(parts.get(1)));
        }
    }

    /**
     * A page of the emails, the newest business day first.
     *
     * @param status only emails with this status; null for all
     */
    Page<EmailView> page(@Nullable Status status, Optional<After> after, int limit) {
        // A literal, not a parameter: the planner can then use the partial index on unsent emails.
        var found = db.sql(EMAILS + (status == null ? " where true" : " where status = '" + status.name() + "'") + """
                   and (:date::date is null or (business_date, fact_id) < (:date::date, :id::uuid))
                 order by business_date desc, fact_id desc limit :rows
                """)
                .param("date", after.map(After::date).orElse(null))
                .param("id", after.map(After::id).orElse(null))
                .param("rows", limit + 1).query(EmailView.class).list();
        return Page.of(found, limit, email -> Cursor.of(email.businessDate(), email.id()));
    }

    Optional<EmailView> find(UUID id) {
        return db.sql(EMAILS + " where fact_id = ?").param(id).query(EmailView.class).optional();
    }
}
