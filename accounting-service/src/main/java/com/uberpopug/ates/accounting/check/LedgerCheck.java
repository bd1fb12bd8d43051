package com.uberpopug.ates.accounting.check;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.accounting.ledger.TasksListener;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.History.Entry;
import com.uberpopug.ates.platform.events.inbox.History.Mark;
import com.uberpopug.ates.platform.events.inbox.History.UnavailableException;
import com.uberpopug.ates.platform.events.inbox.History;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.Connection;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Recomputes accounts, logs, earnings and business days from the transfers alone, compares fees and rewards with their
 * events, and lists every difference. It reads one snapshot of the ledger, and takes no locks.
 */
@Component
public class LedgerCheck {

    /** A bound for each rule; a thousand differences have one cause. */
    private static final int MAX_DIFFERENCES = 1_000;

    /** An account's sums equal its transfers' debits and credits. */
    private static final String ACCOUNTS = """
            select 'ACCOUNT_TOTAL' as rule, id::text as subject,
                   format('debits %s, credits %s', debits.cents, credits.cents) as expected,
                   format('debits %s, credits %s', debits_cents, credits_cents) as actual
              from accounts
              full join (select debit_account as id, sum(cents) as cents from transfers group by 1) debits using (id)
              full join (select credit_account as id, sum(cents) as cents from transfers group by 1) credits using (id)
             where debits_cents is distinct from coalesce(debits.cents, 0)
                or credits_cents is distinct from coalesce(credits.cents, 0)
            """;

    /** A worker's log has no gaps and the account's length, and each balance follows from the one before. */
    private static final String LOGS = """
            select 'LOG_LENGTH' as rule, id::text as subject, coalesce(log.transfers, 0)::text as expected,
                   log_length::text as actual
              from accounts
              full join (select worker_id as id, count(*) as transfers from transfers group by 1) log using (id)
             where log_length is distinct from coalesce(log.transfers, 0)
            """;

    private static final String LINES = """
            select 'LOG_LINE' as rule, id::text as subject,
                   format('place %s, balance %s', place_before + 1, balance_before + change_cents) as expected,
                   format('place %s, balance %s', place, balance_after_cents) as actual
              from (select id, place, balance_after_cents, change_cents,
                           lag(place, 1, 0::bigint) over log as place_before,
                           lag(balance_after_cents, 1, 0::bigint) over log as balance_before
                      from worker_log window log as (partition by worker_id order by place)) line
             where place <> place_before + 1 or balance_after_cents <> balance_before + change_cents
            """;

    /**
     * Managers' earnings of a date are the popugs' fees, rewards and corrections of that date, with the opposite sign.
     */
    private static final String EARNINGS = """
            select 'EARNINGS' as rule, business_date::text as subject,
                   format('%s in %s transfers', posted.earned_cents, posted.transfers) as expected,
                   format('%s in %s transfers', earnings.earned_cents, earnings.transfers) as actual
              from earnings
              full join (select business_date, count(*) as transfers, -sum(change_cents) as earned_cents
                           from worker_log where kind <> 'PAYOUT' group by 1) posted using (business_date)
             where earnings.earned_cents is distinct from posted.earned_cents
                or earnings.transfers is distinct from posted.transfers
            """;

    /** A day's totals equal its payouts. */
    private static final String PAYOUTS = """
            select 'PAYOUTS' as rule, business_date::text as subject,
                   format('%s in %s payouts', coalesce(paid.cents, 0), coalesce(paid.payouts, 0)) as expected,
                   format('%s in %s payouts', day.paid_cents, day.payouts) as actual
              from business_days day
              full join (select business_date, count(*) as payouts, sum(cents) as cents
                           from transfers where kind = 'PAYOUT' group by 1) paid using (business_date)
             where day.paid_cents is distinct from coalesce(paid.cents, 0)
                or day.payouts is distinct from coalesce(paid.payouts, 0)
            """;

    /**
     * A finished day owes nothing: the changes dated up to it sum up to 0 after a payout, and to at most 0 without one.
     * Later postings, corrections too, have later dates.
     */
    private static final String OWED = """
            select 'OWED' as rule, format('%s, %s', worker_id, business_date) as subject, 'nothing' as expected,
                   balance_cents::text as actual
              from (select worker_id, business_date, bool_or(kind = 'PAYOUT') as is_paid,
                           sum(sum(change_cents)) over (partition by worker_id order by business_date) as balance_cents
                      from worker_log group by worker_id, business_date) at_end
             where balance_cents <> 0 and is_paid
                or balance_cents > 0
               and exists (select from business_days
                            where business_date >= at_end.business_date and finished_at is not null)
            """;

    /** Fees and rewards equal the task's announced price, and a fee of the same worker precedes each reward. */
    private static final String PRICES = """
            select 'PRICE' as rule, transfers.id::text as subject,
                   (case kind when 'FEE' then fee_cents else amount_cents end)::text as expected,
                   cents::text as actual
              from transfers left join prices using (task_id)
             where kind in ('FEE', 'REWARD')
               and cents is distinct from case kind when 'FEE' then fee_cents else amount_cents end
            """;

    private static final String REWARDS = """
            select 'REWARD_WITHOUT_FEE' as rule, reward.id::text as subject,
                   format('a fee of assignment %s', assignment_number) as expected, null as actual
              from transfers reward
             where kind = 'REWARD'
               and not exists (select from transfers fee
                                where fee.kind = 'FEE' and fee.task_id = reward.task_id
                                  and fee.assignment_number = reward.assignment_number
                                  and fee.worker_id = reward.worker_id)
            """;

    /**
     * A fee or reward has the date of its event; a later one only if that day was closed or could never be opened, an
     * earlier one only if the event lay in the future.
     */
    private static final String DATES = """
            select 'BUSINESS_DATE' as rule, id::text as subject, occurred_on::text as expected,
                   business_date::text as actual
              from (select id, business_date, occurred_at, posted_at, (occurred_at at time zone :zone)::date as occurred_on
                      from transfers where kind in ('FEE', 'REWARD')) dated
             where business_date > occurred_on and occurred_on >= :earliest
               and not exists (select from business_days day
                                where day.business_date = dated.business_date - 1 and day.closed_at is not null)
                or business_date < occurred_on and occurred_at < posted_at - interval '5 minutes'
            """;

    private static final List<String> OF_TRANSFERS = List.of(ACCOUNTS, LOGS, LINES, EARNINGS, PAYOUTS, OWED, PRICES,
            REWARDS, DATES);

    /** A consumed event has its transfer, or an equal one of an earlier event: same worker, same amount. */
    private static final String NOT_POSTED = """
            select case when is_discarded then 'EVENT_DISCARDED' when is_set_aside then 'EVENT_SET_ASIDE'
                        when event.kind is null then 'EVENT_UNREADABLE' when posted.id is not null then 'EVENT_CONTRADICTED'
                        else 'EVENT_NOT_POSTED' end as rule, event.place as subject,
                   case when event.kind is null then 'an event that can be read'
                        else format('%s %s of %s for %s/%s', event.kind, event.cents, event.worker_id, event.task_id,
                                    event.assignment_number) end as expected,
                   case when posted.id is not null
                        then format('%s %s of %s for %s/%s', posted.kind, posted.cents, posted.worker_id, posted.task_id,
                                    posted.assignment_number) end as actual
              from told_events event
              left join transfers posted
                on posted.kind = event.kind and posted.task_id = event.task_id
                   and (event.kind = 'REWARD' or posted.assignment_number = event.assignment_number)
             where is_consumed
               and (posted.id is null or posted.fact_id <> event.fact_id
                    and (posted.worker_id, posted.cents) <> (event.worker_id, event.cents))
            """;

    /** A discarded dead letter is decided: it is listed, but is no difference. */
    private static final String DISCARDED = NOT_POSTED + " and is_discarded";
    private static final String NOT_DISCARDED = NOT_POSTED + " and not is_discarded";

    private static final String WITHOUT_EVENT = """
            select 'TRANSFER_WITHOUT_EVENT' as rule, id::text as subject, null as expected,
                   format('%s %s of %s for %s/%s', kind, cents, worker_id, task_id, assignment_number) as actual
              from transfers
             where kind in ('FEE', 'REWARD')
               and not exists (select from told_events event where event.fact_id = transfers.fact_id)
            """;

    private static final String UNLIKE_EVENT = """
            select distinct 'EVENT' as rule, transfer.id::text as subject,
                   format('%s %s of %s for %s/%s at %s', event.kind, event.cents, event.worker_id, event.task_id,
                          event.assignment_number, event.occurred_at) as expected,
                   format('%s %s of %s for %s/%s at %s', transfer.kind, transfer.cents, transfer.worker_id,
                          transfer.task_id, transfer.assignment_number, transfer.occurred_at) as actual
              from transfers transfer join told_events event using (fact_id)
             where transfer.kind in ('FEE', 'REWARD')
               and (transfer.kind, transfer.cents, transfer.worker_id, transfer.task_id, transfer.assignment_number,
                    transfer.occurred_at)
                   is distinct from (event.kind, event.cents, event.worker_id, event.task_id, event.assignment_number,
                                     event.occurred_at)
            """;

    /** Above the longest statement measured with ten million transfers. */
    private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(10);

    /** Above the sum of the timeouts of all requests to a hanging broker. */
    private static final String IDLE_LIMIT = "2min";

    private final JdbcClient db;
    private final JdbcOperations jdbc;
    private final TransactionTemplate snapshot;
    private final History history;
    private final ZoneId zone;

    LedgerCheck(JdbcClient db, JdbcOperations jdbc, PlatformTransactionManager transactions, History history,
            @Value("${ates.time-zone}") ZoneId zone) {
        this.db = db;
        this.jdbc = jdbc;
        this.history = history;
        this.zone = zone;
        snapshot = new TransactionTemplate(transactions);
        snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    }

    /**
     * The result of a check.
     *
     * @param differences the differences, in a repeatable order
     * @param allListed   whether {@code differences} is complete; it holds the first 1,000 of each rule
     * @param discarded   the events that an admin discarded as dead letters, at most 1,000
     * @param events      number of events compared with; null without a comparison
     * @param notCompared the reason why no events were compared; null if they were, or if none was requested
     */
    public record Result(List<Difference> differences, boolean allListed, List<Difference> discarded,
            @Nullable Long events, @Nullable String notCompared) {

        /** Whether the check proves the ledger: complete and without differences. */
        boolean isClean() {
            return differences.isEmpty() && notCompared == null;
        }
    }

    /**
     * A value that does not follow from the transfers.
     *
     * @param rule     the broken rule
     * @param subject  the account, transfer, date, task or record position
     * @param expected the value that follows from the transfers; null if there should be none
     * @param actual   the stored value; null if there is none
     */
    public record Difference(@Schema(example = "ACCOUNT_TOTAL") String rule,
            @Schema(example = "019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d") String subject,
            @Schema(example = "debits 3000, credits 2700") @Nullable String expected,
            @Schema(example = "debits 3000, credits 2800") @Nullable String actual) {
    }

    /** Checks all rules; without the broker or the registry, all but the comparison with events. */
    public Result run() {
        try {
            // Before the snapshot, which thus contains all events consumed so far.
            return run(history.mark(TasksListener.CONSUMER));
        } catch (UnavailableException e) {
            return ofTransfers(e.getMessage());
        }
    }

    private Result run(Mark consumed) {
        return inSnapshot(status -> {
            status.setRollbackOnly();
            var ofTransfers = find(OF_TRANSFERS);
            try {
                // After the snapshot: the topic holds every event behind it by now.
                history.read(Topics.TASKS, consumed, this::remember);
            } catch (UnavailableException e) {
                return ofTransfers.without(e.getMessage());
            }
            var ofEvents = find(List.of(NOT_DISCARDED, WITHOUT_EVENT, UNLIKE_EVENT));
            long events = db.sql("select count(distinct fact_id) from told_events").query(Long.class).single();
            return new Result(
                    Stream.of(ofTransfers, ofEvents).flatMap(found -> found.differences().stream()).toList(),
                    ofTransfers.allListed() && ofEvents.allListed(), find(List.of(DISCARDED)).differences(), events,
                    null);
        });
    }

    /** Checks the transfers without their events. */
    public Result ofTransfers() {
        return ofTransfers(null);
    }

    private Result ofTransfers(@Nullable String notCompared) {
        return inSnapshot(_ -> find(OF_TRANSFERS).without(notCompared));
    }

    /** The differences that rules found, and whether they are complete. */
    private record Found(List<Difference> differences, boolean allListed) {

        Result without(@Nullable String notCompared) {
            return new Result(differences, allListed, List.of(), null, notCompared);
        }
    }

    <T> T inSnapshot(Function<TransactionStatus, T> check) {
        return requireNonNull(snapshot.execute(status -> {
            jdbc.execute((ConnectionCallback<Connection>) connection -> {
                connection.setNetworkTimeout(Runnable::run, (int) STATEMENT_LIMIT.toMillis());
                return connection;
            });
            jdbc.execute("set local idle_in_transaction_session_timeout = '" + IDLE_LIMIT + "'");
            return check.apply(status);
        }));
    }

    private Found find(List<String> rules) {
        var found = rules.stream()
                .map(rule -> db.sql(rule + " order by subject, expected, actual limit " + (MAX_DIFFERENCES + 1))
                        .param("zone", inPostgres(zone)).param("earliest", BusinessDays.EARLIEST)
                        .query(Difference.class).list())
                .toList();
        return new Found(found.stream().flatMap(ofRule -> ofRule.stream().limit(MAX_DIFFERENCES)).toList(),
                found.stream().allMatch(ofRule -> ofRule.size() <= MAX_DIFFERENCES));
    }

    /** POSIX offsets in PostgreSQL count to the west: Java's +03:00 is UTC-03:00. */
    static String inPostgres(ZoneId zone) {
        if (!(zone.normalized() instanceof ZoneOffset offset)) {
            return zone.getId();
        }
        int seconds = offset.getTotalSeconds();
        return seconds == 0 ? "UTC" : "UTC" + ZoneOffset.ofTotalSeconds(-seconds);
    }

    /** A record of an event that demands a posting, or an unreadable record. */
    private record MoneyEvent(Entry record, @Nullable Posting posting) {

        static Stream<MoneyEvent> of(Entry record) {
            return record.fact() == null
                    ? Stream.of(new MoneyEvent(record, null))
                    : TasksListener.posting(record.fact()).stream().map(posting -> new MoneyEvent(record, posting));
        }
    }

    private void remember(List<Entry> chunk) {
        var money = chunk.stream().flatMap(MoneyEvent::of).toList();
        db.sql("""
                insert into told_events
                select * from unnest(:recordPositions, :consumed, :setAside, :factIds, :kinds, :workerIds, :cents, :taskIds,
                                     :numbers, :occurredAts, :discarded)
                """)
                .param("recordPositions", SqlArray.texts(money, each -> each.record().recordPosition()))
                .param("consumed", SqlArray.booleans(money, each -> each.record().isConsumed()))
                .param("setAside", SqlArray.booleans(money, each -> each.record().isSetAside()))
                .param("discarded", SqlArray.booleans(money, each -> each.record().isDiscarded()))
                .param("factIds", SqlArray.uuids(money, of(posting -> posting.cause().factId())))
                .param("kinds", SqlArray.texts(money, of(posting -> posting.kind().name())))
                .param("workerIds", SqlArray.uuids(money, of(Posting::workerId)))
                .param("cents", SqlArray.longs(money, of(Posting::cents)))
                .param("taskIds", SqlArray.uuids(money, of(Posting::taskId)))
                .param("numbers", SqlArray.integers(money, of(Posting::assignmentNumber)))
                .param("occurredAts", SqlArray.instants(money, of(Posting::occurredAt)))
                .update();
    }

    private static <T> Function<MoneyEvent, @Nullable T> of(Function<Posting, T> column) {
        return each -> {
            var posting = each.posting();
            return posting == null ? null : column.apply(posting);
        };
    }
}
