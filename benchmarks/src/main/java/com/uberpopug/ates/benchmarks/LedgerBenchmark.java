package com.uberpopug.ates.benchmarks;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.web.Cursor;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Measures how fast the ledger posts events of tasks-service, closes a day, and answers meanwhile.
 *
 * <p>Posted are 500,000 fees and rewards of 10,000 workers from the topic: they were sent in one Kafka transaction, so
 * that the service receives the first of them when the last is there. The time counts from the commit to the last
 * transfer, with the relay stopped, and once more with the relay running, until the outbox is empty. The ceiling is
 * {@link BareLedger} on the same database. Then the same onto 10,000,000 stored transfers, compared with the service's
 * own rate with an empty ledger.
 *
 * <p>A day with positive balances of 100,000 workers is closed, from the closing itself to the end of the payouts, with
 * their outbox rows and emails recorded and neither sent. Meanwhile workers request their balance and then their audit
 * log, 25 of them a second, whatever the earlier requests do; the ceiling is the same load on an idle service.
 *
 * <p>The audit log is that of a worker with 1,000,000 transfers in a year; the ceiling is the first page of a worker
 * with 102.
 */
final class LedgerBenchmark implements Benchmark {

    private static final int ROUNDS = 3;
    private static final int WORKERS = 10_000;
    private static final int LOOKS_PER_SECOND = 25;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final int REQUESTS = 500;
    private static final int PAGE = 50;
    private static final int PAGES = 1_000;
    private static final int SHORT_LOG = 2 * PAGE + 2;
    /** The days of a long log. */
    private static final int DAYS = 365;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String CLOSING = "close-business-days";

    private final int posted;
    private final int stored;
    private final int paid;
    private final int logged;
    private final AccountingProcess accounting;
    private final Events events;

    /** @param divisor divides the amount of data for a trial run; the figures are meant for 1 */
    LedgerBenchmark(int divisor) throws Exception {
        posted = 500_000 / divisor;
        stored = 10_000_000 / divisor;
        paid = 100_000 / divisor;
        logged = 1_000_000 / divisor;
        accounting = new AccountingProcess();
        events = new Events(accounting.parts());
    }

    @Override
    public void run(Figures figures) throws Exception {
        try (var rows = accounting.rows()) {
            double empty = postOntoNothing(rows, figures);
            close(rows, figures);
            readLogs(rows, figures);
            postOntoStored(rows, empty, figures);
        }
    }

    private double postOntoNothing(LedgerRows rows, Figures figures) throws Exception {
        var rates = new ArrayList<Double>();
        for (int round = 0; round <= ROUNDS; round++) {
            rows.clear();
            double bare = postBare(rows);
            rows.clear();
            double own = post(rows);
            if (round == 0) {
                prove(rows);
            } else {
                figures.add("posted_to_an_empty_ledger", "transfers/s", own, bare);
                rates.add(own);
            }
        }
        rows.clear();
        double bare = postBare(rows);
        rows.clear();
        accounting.letRelaySend();
        double sustained = post(rows,
                () -> isZero(rows, "select count(*) from (select from outbox limit 1) as waiting"));
        accounting.holdRelay();
        figures.add("posted_and_announced", "transfers/s", sustained, bare);
        return Figures.median(rates);
    }

    private void postOntoStored(LedgerRows rows, double empty, Figures figures) throws Exception {
        System.out.printf("Storing %,d transfers%n", stored);
        rows.clear();
        rows.store(stored, WORKERS);
        rows.settle();
        for (int round = 0; round < ROUNDS; round++) {
            rows.run("truncate outbox");
            rows.run("checkpoint");
            figures.add("posted_to_a_full_ledger", "transfers/s", post(rows), empty);
        }
        prove(rows);
    }

    /** The figures of a wrong ledger would be meaningless. */
    private void prove(LedgerRows rows) throws SQLException {
        rows.price();
        long begun = System.nanoTime();
        var proof = accounting.get(AccountingProcess.accountant(), "/api/ledger/check?events=false");
        if (!proof.contains("\"clean\":true")) {
            throw new IllegalStateException(
                    "The ledger is wrong: " + proof.substring(0, Math.min(2_000, proof.length())));
        }
        System.out.printf("  the check found no difference, in %.1f s%n", (System.nanoTime() - begun) / 1e9);
    }

    private double post(LedgerRows rows) throws Exception {
        return post(rows, () -> true);
    }

    /** Transfers a second, from the moment when all events are in the topic. */
    private double post(LedgerRows rows, BooleanSupplier isThrough) throws Exception {
        long target = rows.posted() + posted;
        long begun = send(TaskMoney.next(posted, WORKERS));
        await(() -> isZero(rows, target + " - (select coalesce(sum(transfers), 0) from earnings)")
                && isThrough.getAsBoolean());
        return posted / ((System.nanoTime() - begun) / 1e9);
    }

    /** Sends all events in one transaction, and returns the time of its commit. */
    private long send(List<TaskMoney> money) {
        var settings = accounting.parts()
                .kafkaClient(Map.of("transactional.id", "bench", "transaction.timeout.ms", (int) PATIENCE.toMillis(),
                        "linger.ms", 5,
                        "batch.size", 128 << 10));
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            money.forEach(each -> producer.send(events.record(each.fact())));
            producer.flush();
            long begun = System.nanoTime();
            producer.commitTransaction();
            return begun;
        }
    }

    /** Transfers a second. */
    private double postBare(LedgerRows rows) throws SQLException {
        var money = TaskMoney.next(posted, WORKERS);
        var today = LocalDate.now(ZoneOffset.UTC);
        try (var bare = new BareLedger(accounting.database())) {
            bare.open(today);
            long begun = System.nanoTime();
            for (int from = 0; from < money.size(); from += BareLedger.BATCH) {
                bare.post(money.subList(from, Math.min(from + BareLedger.BATCH, money.size())), today);
            }
            double rate = posted / ((System.nanoTime() - begun) / 1e9);
            if (rows.posted() != posted) {
                throw new IllegalStateException("Not all events were posted");
            }
            return rate;
        }
    }

    private void close(LedgerRows rows, Figures figures) throws Exception {
        System.out.printf("Closing days with payouts to %,d workers%n", paid);
        var today = LocalDate.now(ZoneOffset.UTC);
        // The next day has a row as well, and stays open.
        var finished = "from business_days where finished_at is not null";
        for (int round = 0; round <= ROUNDS; round++) {
            rows.clear();
            rows.owe(paid, 1, 1, today);
            rows.settle();
            // Otherwise the service would join the payouts of the closed day.
            rows.hold(CLOSING);
            double bare;
            try (var ledger = new BareLedger(accounting.database())) {
                long begun = System.nanoTime();
                int payouts = ledger.close(today.minusDays(1));
                bare = payouts / ((System.nanoTime() - begun) / 1e9);
            }
            rows.clear();
            rows.owe(paid, 1, 1, today);
            rows.settle();
            rows.release(CLOSING);
            long idleUntil = System.nanoTime() + IDLE.toNanos();
            var idle = look(() -> System.nanoTime() > idleUntil);
            accounting.post(AccountingProcess.accountant(), "/api/business-days/" + today.minusDays(1) + "/close");
            var meanwhile = look(() -> isZero(rows, "select 1 - count(*) " + finished));
            double own = paid * 1e6
                    / rows.number("select (extract(epoch from finished_at - closed_at) * 1000000)::bigint " + finished);
            if (round > 0) {
                figures.add("workers_paid", "workers/s", own, bare);
                idle.forEach((name, latencies) -> figures.add(name + "_meanwhile_p99", "ms",
                        requireNonNull(meanwhile.get(name)).millis(99), latencies.millis(99)));
            }
        }
        prove(rows);
    }

    /** Sends workers' requests for their accounts until the work is done, and prints their latencies by kind. */
    private Map<String, Latencies> look(BooleanSupplier isThrough) throws InterruptedException {
        var paths = new TreeMap<>(Map.of("balance", "/api/accounts/me", "audit_log", "/api/accounts/me/transfers"));
        var took = paths.keySet().stream()
                .collect(Collectors.toMap(Function.identity(), _ -> new ConcurrentLinkedQueue<Long>()));
        // The tokens are signed before, because that costs more than the measured requests.
        var tokens = IntStream.range(0, 100)
                .mapToObj(i -> AccountingProcess.popug(TaskMoney.worker(i * paid / 100))).toList();
        IntConsumer request = i -> {
            var token = tokens.get(i % tokens.size());
            paths.forEach((name, path) -> {
                long begun = System.nanoTime();
                accounting.get(token, path);
                requireNonNull(took.get(name)).add(System.nanoTime() - begun);
            });
        };
        int begun = 0;
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Not finished after " + PATIENCE);
            }
            OpenLoop.run(LOOKS_PER_SECOND, LOOKS_PER_SECOND, request);
            begun += LOOKS_PER_SECOND;
        } while (!isThrough.getAsBoolean());
        int all = begun;
        await(() -> took.values().stream().allMatch(each -> each.size() == all));
        return took.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                each -> new Latencies(each.getValue().stream().mapToLong(Long::longValue).toArray())));
    }

    private void readLogs(LedgerRows rows, Figures figures) throws Exception {
        var few = new ArrayList<Double>();
        store(rows, SHORT_LOG);
        for (int round = 0; round <= ROUNDS; round++) {
            few.add(pageMillis(""));
        }
        System.out.printf("Storing %,d transfers of one worker%n", logged);
        store(rows, logged);
        // In a trial run the log is shorter.
        var thousandth = "&after=" + Cursor.of(Math.max(logged - (PAGES - 1L) * PAGE, 2 * PAGE) + 1).encoded();
        for (int round = 0; round <= ROUNDS; round++) {
            double first = pageMillis("");
            double last = pageMillis(thousandth);
            if (round > 0) {
                figures.add("audit_log_first_page_p95", "ms", first, few.get(round));
                figures.add("audit_log_thousandth_page_p95", "ms", last, few.get(round));
            }
        }
    }

    private void store(LedgerRows rows, int transfers) throws SQLException {
        rows.clear();
        // The last transfers are dated today.
        rows.owe(1, transfers / 2, Math.min(DAYS, transfers / 2), LocalDate.now(ZoneOffset.UTC).plusDays(1));
        rows.settle();
    }

    private double pageMillis(String after) {
        var token = AccountingProcess.popug(TaskMoney.worker(0));
        var took = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long begun = System.nanoTime();
            var page = accounting.get(token, "/api/accounts/me/transfers?limit=" + PAGE + after);
            took[i] = System.nanoTime() - begun;
            if (!page.contains("\"next\":\"")) {
                throw new IllegalStateException("This is the last page: " + page);
            }
        }
        return new Latencies(took).millis(95);
    }

    private boolean isZero(LedgerRows rows, String query) {
        try {
            return rows.number(query.startsWith("select") ? query : "select " + query) == 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Not finished after " + PATIENCE);
            }
            Thread.sleep(20);
        }
    }
}
