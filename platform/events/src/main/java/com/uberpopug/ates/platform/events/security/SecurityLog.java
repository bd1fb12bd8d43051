package com.uberpopug.ates.platform.events.security;

import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.Traces;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes the security log's entries of this service; they go through its outbox to auth-service, which keeps them.
 *
 * <p>What was done is recorded in the transaction that does it. Failures and refusals, which anybody can cause, are
 * bounded by {@link Floods} and written within a fifth of a second by a thread of their own: no request waits for them,
 * and a process that is killed loses those.
 */
public final class SecurityLog implements SmartLifecycle {

    /** The longest subject and user agent that are kept. */
    public static final int MAX_LENGTH = 200;

    private static final Logger log = LoggerFactory.getLogger(SecurityLog.class);
    private static final int MAX_ADDRESS = 45;
    private static final int MAX_CLIENT = 100;
    private static final long WRITE_EVERY_MILLIS = 200;
    /** Entries that wait for the database; when it is away for long, further ones are lost and counted. */
    private static final int MOST_WAITING = 5_000;
    private static final int AT_ONCE = 500;
    /** Whatever could end or disguise a line, or is no character. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Cn}]");

    private final String service;
    private final Outbox outbox;
    private final Origin.Source origins;
    private final Traces traces;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Counter lost;
    private final Floods floods;
    private final BlockingQueue<SecurityRecorded> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private @Nullable ScheduledExecutorService thread;

    SecurityLog(String service, Outbox outbox, Origin.Source origins, Traces traces, TransactionTemplate transaction,
            Clock clock, MeterRegistry meters) {
        this.service = service;
        this.outbox = outbox;
        this.origins = origins;
        this.traces = traces;
        this.transaction = transaction;
        this.clock = clock;
        this.meters = meters;
        floods = new Floods(clock, this::enqueue);
        lost = Counter.builder("ates.security.lost")
                .description("Entries of failures that were lost because the database was away").register(meters);
        // From zero on, so that the first one is an increase.
        counter(SecurityEntry.failed(SecurityKind.BURST));
    }

    /**
     * Records what the current transaction does; a rolled-back one leaves no entry.
     *
     * @throws IllegalStateException outside a transaction
     */
    public void record(SecurityEntry entry) {
        append(List.of(entry(entry)));
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                count(entry);
            }
        });
    }

    /** Records something that was done without a transaction, in one of its own. */
    public void recordAlone(SecurityEntry entry) {
        transaction.executeWithoutResult(_ -> record(entry));
    }

    /** Records a failure or a refusal, whatever becomes of the current transaction; never throws, never waits. */
    public void recordFailure(SecurityEntry entry) {
        count(entry);
        floods.add(entry(entry));
    }

    private void append(List<SecurityRecorded> entries) {
        outbox.append(entries.stream()
                .map(entry -> Fact.of(entry.getEntryId(), entry.getEntryId(), 1, entry.getOccurredAt(), entry))
                .toList());
    }

    private SecurityRecorded entry(SecurityEntry entry) {
        var origin = origins.current();
        var trace = traces.current();
        return new SecurityRecorded(Ids.next(), service, entry.kind().name(), entry.outcome().name(),
                entry.actor() == null ? origin.user() : entry.actor(), plain(origin.client(), MAX_CLIENT),
                entry.user(), plain(entry.subject(), MAX_LENGTH), entry.loginHash(),
                plain(entry.address() == null ? origin.address() : entry.address(), MAX_ADDRESS),
                plain(origin.userAgent(), MAX_LENGTH),
                trace == null ? null : trace.split("-")[1], 1, clock.instant());
    }

    static @Nullable String plain(@Nullable String text, int length) {
        if (text == null || text.isBlank()) {
            return null;
        }
        // Cut first, so that a long text costs no more than a short one; half of a pair is no character.
        return UNPRINTABLE.matcher(text.substring(0, Math.min(text.length(), length))).replaceAll("\uFFFD");
    }

    private void count(SecurityEntry entry) {
        counter(entry).increment();
    }

    private Counter counter(SecurityEntry entry) {
        return meters.counter("ates.security.events", "kind", entry.kind().name(), "outcome", entry.outcome().name());
    }

    private void enqueue(SecurityRecorded entry) {
        if (!waiting.offer(entry)) {
            lost.increment(entry.getTimes());
        }
    }

    private void write() {
        try {
            floods.end();
            writeWaiting();
        } catch (RuntimeException e) {
            log.warn("{} entries of the security log wait to be written: {}", waiting.size(), e.toString());
        }
    }

    /** Those that cannot be written now stay. Only this thread takes from the queue. */
    private synchronized void writeWaiting() {
        while (!waiting.isEmpty()) {
            var batch = waiting.stream().limit(AT_ONCE).toList();
            transaction.executeWithoutResult(_ -> append(batch));
            waiting.drainTo(new ArrayList<>(), batch.size());
        }
    }

    @Override
    public synchronized void start() {
        var started = Executors
                .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("security-log").daemon().factory());
        var _ = started.scheduleWithFixedDelay(this::write, WRITE_EVERY_MILLIS, WRITE_EVERY_MILLIS,
                TimeUnit.MILLISECONDS);
        thread = started;
    }

    @Override
    public void stop() {
        ScheduledExecutorService stopping;
        synchronized (this) {
            stopping = thread;
            thread = null;
        }
        if (stopping != null) {
            stopping.shutdown();
            floods.endAll();
            write();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
