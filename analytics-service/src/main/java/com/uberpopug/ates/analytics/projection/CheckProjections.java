package com.uberpopug.ates.analytics.projection;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.analytics.projection.Projections.Difference;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.platform.events.Failure;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.History;
import com.uberpopug.ates.platform.events.inbox.History.Chunk;
import com.uberpopug.ates.platform.events.inbox.History.Entry;
import com.uberpopug.ates.platform.events.inbox.History.Positions;
import com.uberpopug.ates.platform.events.inbox.History.Source;
import com.uberpopug.ates.platform.events.inbox.History.UnavailableException;
import com.uberpopug.ates.platform.events.inbox.Received;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Compares the projections with each other and with what the topics say, and lists every difference. It reads one
 * snapshot of the projections, changes nothing, and takes no locks on them.
 */
@Component
class CheckProjections {

    /** A bound for each rule; a thousand differences have one cause. */
    private static final int MAX_DIFFERENCES = 1_000;
    /** Above the sum of the timeouts of all requests to a hanging broker. */
    private static final String IDLE_LIMIT = "2min";

    /** The last of a worker's daily balances is the balance, once the worker's log has no gap. */
    private static final String LAST_BALANCES = """
            select 'LAST_BALANCE' as rule, worker_id::text as subject, last.balance_cents::text as expected,
                   balances.balance_cents::text as actual
              from balances
              full join (select distinct on (worker_id) worker_id, balance_cents
                           from daily_balances order by worker_id, business_date desc) as last using (worker_id)
             where balances.balance_cents is distinct from last.balance_cents
               and (counted is null or counted = int8multirange(int8range(1, upper(counted))))
            """;

    /** The workers below zero at the end of a date, summed up from the changes, are those whose last balance is. */
    private static final String BELOW_ZERO = """
            select 'BELOW_ZERO' as rule, business_date::text as subject, expected.workers::text as expected,
                   actual.workers::text as actual
              from (select business_date, sum(crossed) as workers
                      from (select business_date,
                                   (balance_cents < 0)::integer - lag((balance_cents < 0)::integer, 1, 0) over (
                                       partition by worker_id order by business_date) as crossed
                              from daily_balances) as turn
                     group by business_date having sum(crossed) <> 0) as expected
              full join (select business_date, workers from below_zero_changes where workers <> 0) as actual
                   using (business_date)
             where expected.workers is distinct from actual.workers
            """;

    /** What workers lost on a closed date, their payouts apart, the managers have earned. */
    private static final String DAY_TOTALS = """
            select 'DAY_TOTAL' as rule, business_date::text as subject, announced.earned_cents::text as expected,
                   (-coalesce(moved.cents, 0) - announced.paid_cents)::text as actual
              from unnest(:dates, :earned, :paid) as announced (business_date, earned_cents, paid_cents)
              left join (select business_date, sum(change_cents) as cents
                           from (select business_date,
                                        balance_cents - lag(balance_cents, 1, 0::bigint) over (
                                            partition by worker_id order by business_date) as change_cents
                                   from daily_balances) as change
                          group by business_date) as moved using (business_date)
             where announced.earned_cents is distinct from -coalesce(moved.cents, 0) - announced.paid_cents
            """;

    private final History history;
    private final Projections projections;
    private final Rebuilds rebuilds;
    private final JdbcClient db;
    private final TransactionTemplate snapshot;
    private final TransactionTemplate savepoint;
    private final Clock clock;
    private final Semaphore free = new Semaphore(1);

    CheckProjections(History history, Projections projections, Rebuilds rebuilds, JdbcClient db,
            PlatformTransactionManager transactions, Clock clock) {
        this.history = history;
        this.projections = projections;
        this.rebuilds = rebuilds;
        this.db = db;
        this.clock = clock;
        snapshot = new TransactionTemplate(transactions);
        snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        savepoint = new TransactionTemplate(transactions);
        savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    /**
     * The result of a check.
     *
     * @param checkedAt   start of the check
     * @param clean       whether the check is complete and found no difference
     * @param facts       number of facts compared with; null without a comparison
     * @param deadLetters number of records left out because they are dead letters of this service; null without a
     *                    comparison
     * @param failures    number of other records left out because their content is wrong; null without a comparison
     * @param notCompared the reason why no events were compared; null if they were, or if none was requested
     * @param allListed   whether {@code differences} is complete; it holds the first 1,000 of each rule
     * @param differences the differences
     */
    record ProjectionCheckResult(Instant checkedAt, boolean clean, @Schema(example = "1200000") @Nullable Long facts,
            @Nullable Long deadLetters, @Nullable Long failures,
            @Schema(example = "The events of ates.tasks cannot be read now: the broker is away") @Nullable String notCompared,
            boolean allListed, List<Difference> differences) {
    }

    /**
     * Checks the projections now; empty while another check runs on this instance.
     *
     * @param events whether the topics are re-read
     */
    Optional<ProjectionCheckResult> run(boolean events) {
        if (!free.tryAcquire()) {
            return Optional.empty();
        }
        try {
            var now = clock.instant();
            if (!events) {
                return Optional.of(ofProjections(now, null));
            }
            try {
                // Before the snapshot, which thus contains all facts consumed so far.
                return Optional.of(ofEvents(now, sources()));
            } catch (UnavailableException e) {
                return Optional.of(ofProjections(now, e.getMessage()));
            }
        } finally {
            free.release();
        }
    }

    private List<Source> sources() {
        return Projections.CONSUMERS.entrySet().stream()
                .map(each -> new Source(each.getValue(), history.mark(each.getKey()))).toList();
    }

    private ProjectionCheckResult ofProjections(Instant now, @Nullable String notCompared) {
        return requireNonNull(snapshot.execute(_ -> {
            projections.takeTime();
            return result(now, null, notCompared, amongProjections());
        }));
    }

    /** What was read of the topics so far. */
    private static final class Comparison {
        private final Map<LocalDate, BusinessDayClosed> closed = new TreeMap<>();
        private long facts;
        private long deadLetters;
        private long failures;
        private boolean isAllApplied = true;
    }

    private ProjectionCheckResult ofEvents(Instant now, List<Source> sources) {
        return requireNonNull(snapshot.execute(status -> {
            // The facts are built into tables that are as empty after it as before.
            status.setRollbackOnly();
            projections.takeTime();
            db.sql("set local idle_in_transaction_session_timeout = '" + IDLE_LIMIT + "'").update();
            if (rebuilds.unfinished().isPresent()) {
                return result(now, null, "A rebuild is running", amongProjections());
            }
            var found = new ArrayList<>(amongProjections());
            projections.empty(Ids.next());
            var compared = new Comparison();
            projections.buildAnew();
            try {
                history.read(sources, Positions.NONE, chunk -> build(chunk, compared));
            } catch (UnavailableException e) {
                return result(now, null, e.getMessage(), found);
            }
            db.sql("select set_config('search_path', 'public', true)").query(String.class).single();
            found.addAll(projections.differences(MAX_DIFFERENCES + 1));
            if (compared.isAllApplied) {
                // Otherwise the balances of a closed date may still be to come.
                found.add(dayTotals(compared));
            }
            return result(now, compared, null, found);
        }));
    }

    private void build(Chunk chunk, Comparison compared) {
        chunk.entries().forEach((consumer, entries) -> {
            var facts = applied(consumer, entries, compared);
            facts.stream().map(Received::event).filter(BusinessDayClosed.class::isInstance)
                    .map(BusinessDayClosed.class::cast).forEach(day -> compared.closed.put(day.getBusinessDate(), day));
            compared.facts += facts.size();
            compared.failures += failures(consumer, facts);
        });
    }

    /** Applies facts, and halves what fails until a single one does. */
    private long failures(String consumer, List<Received> facts) {
        if (isApplied(consumer, facts)) {
            return 0;
        }
        int half = facts.size() / 2;
        return half == 0
                ? 1
                : failures(consumer, facts.subList(0, half)) + failures(consumer, facts.subList(half, facts.size()));
    }

    /** False if the content is wrong, as that of a record whose dead letter was forgotten. */
    private boolean isApplied(String consumer, List<Received> facts) {
        try {
            savepoint.executeWithoutResult(_ -> history.apply(consumer, facts));
            return true;
        } catch (RuntimeException e) {
            if (Failure.willPass(e)) {
                throw e;
            }
            return false;
        }
    }

    /** The facts that the snapshot contains: those before the mark, and those behind it that the inbox remembers. */
    private List<Received> applied(String consumer, List<Entry> entries, Comparison compared) {
        var behind = entries.stream().filter(entry -> !entry.isConsumed() && entry.factId() != null)
                .map(entry -> requireNonNull(entry.factId())).toList();
        var remembered = behind.isEmpty() ? Set.<UUID>of() : history.applied(consumer, behind);
        var facts = new ArrayList<Received>();
        for (var entry : entries) {
            if (entry.isSetAside() || entry.isDiscarded()) {
                compared.deadLetters++;
            } else if (entry.fact() != null) {
                if (entry.isConsumed() || remembered.contains(entry.fact().factId())) {
                    facts.add(entry.fact());
                } else {
                    compared.isAllApplied = false;
                }
            } else if (entry.isConsumed()) {
                compared.failures++;
            }
        }
        return facts;
    }

    private List<List<Difference>> amongProjections() {
        return Stream.of(LAST_BALANCES, BELOW_ZERO)
                .map(rule -> db.sql(rule + " order by subject limit " + (MAX_DIFFERENCES + 1)).query(Difference.class)
                        .list())
                .toList();
    }

    private List<Difference> dayTotals(Comparison compared) {
        var days = compared.closed.values();
        return db.sql(DAY_TOTALS + " order by subject limit " + (MAX_DIFFERENCES + 1))
                .param("dates", SqlArray.dates(days, BusinessDayClosed::getBusinessDate))
                .param("earned", SqlArray.longs(days, BusinessDayClosed::getEarnedCents))
                .param("paid", SqlArray.longs(days, BusinessDayClosed::getPaidCents))
                .query(Difference.class).list();
    }

    private static ProjectionCheckResult result(Instant now, @Nullable Comparison compared,
            @Nullable String notCompared,
            List<List<Difference>> found) {
        var differences = found.stream().flatMap(ofRule -> ofRule.stream().limit(MAX_DIFFERENCES)).toList();
        return new ProjectionCheckResult(now, differences.isEmpty() && notCompared == null,
                compared == null ? null : compared.facts, compared == null ? null : compared.deadLetters,
                compared == null ? null : compared.failures, notCompared,
                found.stream().allMatch(ofRule -> ofRule.size() <= MAX_DIFFERENCES), differences);
    }
}
