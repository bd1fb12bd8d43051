package com.uberpopug.ates.analytics.balance;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.analytics.AnalyticsTest;
import com.uberpopug.ates.analytics.balance.Balances.Posting;
import com.uberpopug.ates.analytics.balance.BelowZero.DayEnd;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** On 23 November 2026. */
@AnalyticsTest
class BelowZeroTests {

    private static final LocalDate FRIDAY = LocalDate.of(2026, 11, 20);
    private static final LocalDate SATURDAY = FRIDAY.plusDays(1);
    private static final LocalDate SUNDAY = FRIDAY.plusDays(2);
    private static final UUID ANNA = Ids.next();
    private static final UUID BORIS = Ids.next();

    static final List<Long> seeds = IntStream.range(0, 200).mapToObj(seed -> (long) seed).toList();

    @Autowired
    private MockMvcTester http;

    @Autowired
    private Balances balances;

    @Autowired
    private BelowZero belowZero;

    @Autowired
    private JdbcClient db;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void workers_below_zero_are_counted_now_and_at_the_end_of_each_date() {
        balances.post(
                List.of(new Posting(ANNA, 1, FRIDAY, -1_500, -1_500), new Posting(BORIS, 1, FRIDAY, -1_000, -1_000),
                        new Posting(ANNA, 2, SUNDAY, 4_000, 2_500)));
        var report = http.get().uri("/api/negative-balances?from=2026-11-19&to=2026-11-23")
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ADMIN)).exchange();
        assertThat(report).bodyJson().isStrictlyEqualTo("""
                {"now": 1,
                 "days": [{"business_date": "2026-11-19", "count": 0},
                          {"business_date": "2026-11-20", "count": 2},
                          {"business_date": "2026-11-21", "count": 2},
                          {"business_date": "2026-11-22", "count": 1},
                          {"business_date": "2026-11-23", "count": 1}]}
                """);
    }

    @Test
    void zero_is_not_below_zero() {
        balances.post(List.of(new Posting(ANNA, 1, FRIDAY, -1_500, -1_500)));
        balances.post(List.of(new Posting(ANNA, 2, FRIDAY, 1_500, 0)));
        assertThat(counts()).containsExactly(0L, 0L, 0L);
        assertThat(belowZero.now()).isZero();
    }

    @Test
    void open_date_can_change_the_ends_of_later_ones() {
        balances.post(List.of(new Posting(ANNA, 1, FRIDAY, 1_000, 1_000)));
        balances.post(List.of(new Posting(ANNA, 2, SUNDAY, -1_500, -500)));
        assertThat(counts()).containsExactly(0L, 0L, 1L);
        balances.post(List.of(new Posting(ANNA, 3, SATURDAY, -1_200, -1_700)));
        assertThat(counts()).containsExactly(0L, 1L, 1L);
        balances.post(List.of(new Posting(ANNA, 4, FRIDAY, 4_000, 2_300)));
        assertThat(counts()).containsExactly(0L, 0L, 0L);
    }

    /** Postings in any batches, repeated, late or out of order: the sums decide. */
    @ParameterizedTest
    @FieldSource("seeds")
    void counts_equal_those_of_the_sums(long seed) {
        var postings = postings(new Random(seed));
        if (isWrong(postings, seed)) {
            var shortest = shortened(postings, seed);
            assertThat(shortest).as("seed %d: wrong counts", seed).isEmpty();
        }
    }

    private static List<Posting> postings(Random random) {
        var workers = List.of(Ids.next(), Ids.next(), Ids.next());
        var logs = new HashMap<UUID, Posting>();
        var postings = new ArrayList<Posting>();
        for (int i = 0; i < 40; i++) {
            var worker = workers.get(random.nextInt(workers.size()));
            var last = logs.getOrDefault(worker, new Posting(worker, 0, FRIDAY, 0, 0));
            var date = FRIDAY.plusDays(Math.max(0, i / 10 - random.nextInt(3)));
            long change = (random.nextInt(7) - 3) * 500L;
            var posting = new Posting(worker, last.sequence() + 1, date, change, last.balanceAfterCents() + change);
            logs.put(worker, posting);
            postings.add(posting);
        }
        return postings;
    }

    private boolean isWrong(List<Posting> postings, long seed) {
        List.of("balances", "daily_balances", "below_zero_changes")
                .forEach(table -> db.sql("delete from " + table).update());
        var random = new Random(seed);
        var delivered = new ArrayList<>(postings);
        delivered.addAll(postings.subList(0, random.nextInt(postings.size() + 1)));
        if (random.nextBoolean()) {
            Collections.shuffle(delivered, random);
        }
        for (int from = 0; from < delivered.size();) {
            int to = Math.min(delivered.size(), from + 1 + random.nextInt(12));
            balances.post(delivered.subList(from, to).stream().distinct().toList());
            from = to;
        }
        return !counts().equals(List.of(sumsBelowZero(postings, FRIDAY), sumsBelowZero(postings, SATURDAY),
                sumsBelowZero(postings, SUNDAY))) || belowZero.now() != lastBelowZero(postings);
    }

    private List<Posting> shortened(List<Posting> postings, long seed) {
        for (int i = 0; i < postings.size(); i++) {
            var shorter = new ArrayList<>(postings);
            shorter.remove(i);
            if (isWrong(shorter, seed)) {
                return shortened(shorter, seed);
            }
        }
        return postings;
    }

    private static long sumsBelowZero(List<Posting> postings, LocalDate date) {
        var sums = new HashMap<UUID, Long>();
        postings.stream().filter(posting -> !posting.businessDate().isAfter(date))
                .forEach(posting -> sums.merge(posting.workerId(), posting.changeCents(), Long::sum));
        return sums.values().stream().filter(sum -> sum < 0).count();
    }

    private static long lastBelowZero(List<Posting> postings) {
        Map<UUID, Long> last = new HashMap<>();
        postings.forEach(posting -> last.put(posting.workerId(), posting.balanceAfterCents()));
        return last.values().stream().filter(balance -> balance < 0).count();
    }

    /** Instances share the work by worker, and update the same dates' counts. */
    @Test
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    void concurrent_batches_lose_no_count() throws Exception {
        try (var instances = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = IntStream.range(0, 8).mapToObj(instance -> instances.submit(() -> {
                for (int batch = 0; batch < 25; batch++) {
                    var workers = IntStream.range(0, 10).mapToObj(_ -> Ids.next()).toList();
                    transaction.executeWithoutResult(_ -> balances.post(workers.stream()
                            .flatMap(worker -> List.of(new Posting(worker, 1, SUNDAY, -500, -500),
                                    new Posting(worker, 2, SATURDAY, -500, -1_000)).stream())
                            .toList()));
                }
            })).toList();
            for (var instance : done) {
                instance.get();
            }
            assertThat(counts()).containsExactly(0L, 2_000L, 2_000L);
            assertThat(belowZero.now()).isEqualTo(2_000);
        } finally {
            List.of("balances", "daily_balances", "below_zero_changes")
                    .forEach(table -> db.sql("delete from " + table).update());
        }
    }

    private List<Long> counts() {
        return belowZero.atTheEndOf(new Period(FRIDAY, SUNDAY)).stream().map(DayEnd::count).toList();
    }
}
