package com.uberpopug.ates.platform.events.outbox;

import com.uberpopug.ates.events.serde.SchemaRegistryClient;
import com.uberpopug.ates.platform.events.KafkaRights;
import com.uberpopug.ates.platform.events.LoggedFact;
import com.uberpopug.ates.platform.events.Traces;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Span;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Sends what the outbox holds: one leader per service, one Kafka transaction per batch, in order, at least once.
 *
 * <p>Whatever is away (database, broker, registry, a topic, a schema) only delays, loudly and for ever: every failure
 * ends the leadership, and the next one begins with a new producer, whose {@code initTransactions} fences the old, from
 * the rows that are still there. What had been committed but not deleted is sent again under the same fact ids.
 */
public final class OutboxRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

    private static final int BATCH_ROWS = 8_000;
    /** A batch ends with the event that goes beyond this, because all of it is held in memory. */
    private static final int BATCH_BYTES = 4 << 20;
    /** Under load, so that a batch gathers what eight writers commit meanwhile instead of paying a commit a row. */
    private static final Duration GAP = Duration.ofMillis(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CANDIDATE_POLL = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final String service;
    private final String source;
    private final JdbcConnectionDetails database;
    private final SchemaRegistryClient registry;
    private final Map<String, Object> producerConfig;
    private final KafkaRights rights;
    private final Traces traces;
    private final boolean autoStartup;
    private final Semaphore wakeups = new Semaphore(0);
    private final Counter sent;
    private volatile boolean running;
    private volatile boolean leading;
    private volatile @Nullable Trouble trouble;
    private Thread thread = Thread.ofPlatform().unstarted(() -> {
    });

    OutboxRelay(String service, String source, JdbcConnectionDetails database, SchemaRegistryClient registry,
            Map<String, Object> kafka, KafkaRights rights, Traces traces, boolean autoStartup, MeterRegistry meters) {
        this.service = service;
        this.source = source;
        this.database = database;
        this.registry = registry;
        this.rights = rights;
        this.traces = traces;
        this.autoStartup = autoStartup;
        sent = Counter.builder("ates.outbox.sent").description("Events that this instance has sent").register(meters);
        producerConfig = new HashMap<>(kafka);
        producerConfig.putIfAbsent(ProducerConfig.TRANSACTIONAL_ID_CONFIG, service + "-relay");
        producerConfig.put(ProducerConfig.ACKS_CONFIG, "all");
        producerConfig.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        producerConfig.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        producerConfig.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        // A transaction left open by a leader that died holds readers up until the next leader begins, or this long.
        producerConfig.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 15_000);
        producerConfig.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        producerConfig.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        producerConfig.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 12_000);
    }

    /** Says that there is something to send; cheap, from any thread. */
    void wake() {
        if (wakeups.availablePermits() == 0) {
            wakeups.release();
        }
    }

    /** Whether this is the instance that sends. */
    boolean isLeading() {
        return leading;
    }

    /** Since when nothing could be sent, and why. */
    private record Trouble(long sinceNanos, String reason) {
    }

    /** Whether this instance takes part in the pipeline. */
    public boolean takesPart() {
        return autoStartup;
    }

    /** Why this instance, whose turn it is to send, has not been able to for so long; empty where it is not so. */
    public Optional<String> troubleFor(Duration atLeast) {
        var now = trouble;
        return now != null && running && System.nanoTime() - now.sinceNanos() >= atLeast.toNanos()
                ? Optional.of(now.reason())
                : Optional.empty();
    }

    private void run() {
        while (running) {
            // The lock is closed in any case: a producer that cannot be made must not keep it from other instances.
            try (var lock = RelayLock.connect(database, service + "-relay")) {
                while (running && !lock.tryTake()) {
                    trouble = null;
                    pause(CANDIDATE_POLL);
                }
                if (running) {
                    lead(lock);
                }
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException e) {
                var before = trouble;
                var reason = rights.explain(e).orElseGet(() -> NestedExceptionUtils.getMostSpecificCause(e).toString());
                trouble = new Trouble(before == null ? System.nanoTime() : before.sinceNanos(), reason);
                log.warn("The outbox of {} is not being sent, next try in {} s: {}", service,
                        PAUSE_AFTER_FAILURE.toSeconds(), reason);
                log.debug("Why the outbox is not being sent", e);
                try {
                    pause(PAUSE_AFTER_FAILURE);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    private void lead(RelayLock lock) throws SQLException, InterruptedException {
        var producer = new KafkaProducer<String, byte[]>(producerConfig);
        try {
            producer.initTransactions();
            log.info("This instance sends the outbox of {}", service);
            leading = true;
            send(producer, lock);
        } finally {
            leading = false;
            producer.close(Duration.ofSeconds(running ? 0 : 2));
        }
    }

    /** Sends until the relay stops, or until Kafka refuses a row: a new leadership sends the rest. */
    private void send(KafkaProducer<String, byte[]> producer, RelayLock lock)
            throws SQLException, InterruptedException {
        while (running) {
            var rows = lock.use(OutboxRelay::read);
            if (rows.isEmpty()) {
                trouble = null;
                var _ = wakeups.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
                continue;
            }
            wakeups.drainPermits();
            var refused = send(producer, rows);
            if (refused.isPresent()) {
                lock.use(connection -> setAside(connection, refused.get()));
                return;
            }
            sent.increment(rows.size());
            rows.forEach(OutboxRelay::logged);
            trouble = null;
            lock.use(connection -> delete(connection, rows));
            if (rows.size() < BATCH_ROWS) {
                pause(GAP);
            }
        }
    }

    private static List<OutboxRow> read(Connection connection) throws SQLException {
        try (var query = connection.prepareStatement("""
                select * from (
                    select *, sum(coalesce(octet_length(payload), 0)) over (
                                  order by id rows between unbounded preceding and 1 preceding) as bytes_before
                      from outbox order by id limit %d) as next
                 where coalesce(bytes_before, 0) < %d order by id
                """.formatted(BATCH_ROWS, BATCH_BYTES)); var result = query.executeQuery()) {
            var rows = new ArrayList<OutboxRow>();
            while (result.next()) {
                rows.add(OutboxRow.of(result));
            }
            return rows;
        }
    }

    private record Refused(OutboxRow row, String reason) {
    }

    /** Sends rows in one transaction. What comes back is the row whose content Kafka refuses; nothing was sent then. */
    private Optional<Refused> send(KafkaProducer<String, byte[]> producer, List<OutboxRow> rows)
            throws InterruptedException {
        var spans = new ArrayList<Span>();
        try {
            return send(producer, rows, rows.stream().map(row -> {
                var span = traces.begin(row.traceparent(), row.topic());
                span.ifPresent(spans::add);
                return row.record(source, registry, span.map(traces::traceparent).orElse(row.traceparent()));
            }).toList());
        } finally {
            spans.forEach(Span::end);
        }
    }

    private static Optional<Refused> send(KafkaProducer<String, byte[]> producer, List<OutboxRow> rows,
            List<ProducerRecord<String, byte[]>> records) throws InterruptedException {
        var sent = new ArrayList<Future<RecordMetadata>>(rows.size());
        producer.beginTransaction();
        try {
            for (var record : records) {
                sent.add(producer.send(record));
            }
            producer.commitTransaction();
            return Optional.empty();
        } catch (KafkaException e) {
            var refused = refused(rows, sent);
            if (refused.isEmpty()) {
                throw e;
            }
            producer.abortTransaction();
            return refused;
        }
    }

    private static Optional<Refused> refused(List<OutboxRow> rows, List<Future<RecordMetadata>> sent)
            throws InterruptedException {
        for (int i = 0; i < sent.size(); i++) {
            try {
                if (sent.get(i).isDone()) {
                    sent.get(i).get();
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RecordTooLargeException) {
                    return Optional.of(new Refused(rows.get(i), e.getCause().toString()));
                }
            }
        }
        return Optional.empty();
    }

    private static int delete(Connection connection, List<OutboxRow> rows) throws SQLException {
        try (var statement = connection.prepareStatement("delete from outbox where id = any(?)")) {
            statement.setArray(1,
                    connection.createArrayOf("int8", rows.stream().map(OutboxRow::id).toArray(Long[]::new)));
            return statement.executeUpdate();
        }
    }

    /** For who follows a fact: the logger of this class on debug. */
    private static void logged(OutboxRow row) {
        if (log.isDebugEnabled()) {
            try (var _ = new LoggedFact(row.factId(), row.traceparent())) {
                log.debug("Has sent {} of {} to {}", row.type(), row.key(), row.topic());
            }
        }
    }

    private int setAside(Connection connection, Refused refused) throws SQLException {
        try (var _ = new LoggedFact(refused.row().factId(), refused.row().traceparent())) {
            log.error("Kafka refuses event {} ({} of {} in {}); it is kept in outbox_dead_letters: {}",
                    refused.row().eventId(), refused.row().type(), refused.row().key(), refused.row().topic(),
                    refused.reason());
        }
        try (var statement = connection.prepareStatement("""
                with refused as (delete from outbox where id = ? returning *)
                insert into outbox_dead_letters select refused.*, ? from refused
                """)) {
            statement.setLong(1, refused.row().id());
            statement.setString(2, refused.reason());
            return statement.executeUpdate();
        }
    }

    private void pause(Duration duration) throws InterruptedException {
        if (running) {
            Thread.sleep(duration);
        }
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("outbox-relay").daemon().start(this::run);
    }

    /** Lets the batch under way finish, for at most five seconds. */
    @Override
    public void stop() {
        running = false;
        wake();
        try {
            if (!thread.join(STOP_LIMIT)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isAutoStartup() {
        return autoStartup;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Starts before and stops after the web server and the listeners, whose last facts it still sends. */
    @Override
    public int getPhase() {
        return 0;
    }
}
