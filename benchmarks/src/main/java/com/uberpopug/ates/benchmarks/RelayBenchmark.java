package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.events.outbox.OutboxRelay;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Measures how fast the platform's relay sends stored events, and the cost of an event in its business transaction.
 *
 * <p>The relay sends 200,000 stored events, measured from its start (its lock, its producer) to an empty outbox. The
 * ceiling is Kafka's producer alone, asynchronous, with acks of all: the same records with headers, as read from the
 * topic, to an equal topic, from its start to its last acknowledgement.
 *
 * <p>The transaction raises one of 1,000 counters, from 8 threads; with an event the relay sends meanwhile, and the
 * time counts until all events are sent. The ceiling is the same transaction without an event.
 */
final class RelayBenchmark implements Benchmark {

    private static final int ROUNDS = 3;
    private static final int ROWS = 200_000;
    private static final int STORED_AT_ONCE = 1_000;
    private static final int COUNTERS = 1_000;
    private static final int WRITERS = 8;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration WRITING = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String BARE_TOPIC = "bare";

    private final RealParts parts = new RealParts(true);
    private final List<ConsumerRecord<String, byte[]>> sent = new ArrayList<>();

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Counting {

        @Bean
        UserDirectory nobody() {
            return _ -> Optional.empty();
        }

        @Bean
        Counters counters(JdbcClient db, Outbox outbox, TransactionTemplate transaction, Clock clock) {
            return new Counters(COUNTERS, db, outbox, transaction, clock);
        }
    }

    @Override
    public void run(Figures figures) throws Exception {
        var properties = new HashMap<>(RealParts.properties(parts.createMigratedDatabase("counting")));
        properties.putAll(parts.pipelineProperties());
        properties.putAll(Map.of("spring.application.name", "counting-service", "server.address", "127.0.0.1",
                "server.port", "0", "spring.main.banner-mode", "off",
                // The benchmark starts the relay itself.
                "spring.kafka.listener.auto-startup", "false"));
        var arguments = properties.entrySet().stream().map(each -> "--" + each.getKey() + "=" + each.getValue())
                .toArray(String[]::new);
        try (var context = new SpringApplicationBuilder(Counting.class).run(arguments)) {
            var counters = context.getBean(Counters.class);
            var relay = context.getBean(OutboxRelay.class);
            var db = context.getBean(JdbcClient.class);
            counters.create();
            createBareTopic();
            for (int round = 0; round <= ROUNDS; round++) {
                double drained = drained(counters, relay, db, round);
                double alone = produced();
                if (round > 0) {
                    figures.add("stored_events_sent", "events/s", drained, alone);
                }
            }
            relay.start();
            perSecond(WARM_UP, counters::stepAndTell, db);
            perSecond(WARM_UP, counters::step, db);
            for (int round = 0; round < ROUNDS; round++) {
                double with = perSecond(WRITING, counters::stepAndTell, db);
                double without = perSecond(WRITING, counters::step, db);
                figures.add("transactions_with_an_event", "tx/s", with, without);
            }
        }
    }

    /** Events a second. Round 0 is the warm-up. */
    private double drained(Counters counters, OutboxRelay relay, JdbcClient db, int round) throws InterruptedException {
        System.out.printf("Storing %,d events%s%n", ROWS, round == 0 ? " to warm up" : "");
        for (int stored = 0; stored < ROWS; stored += STORED_AT_ONCE) {
            counters.tell((long) round * ROWS + stored, STORED_AT_ONCE);
        }
        long start = System.nanoTime();
        relay.start();
        awaitEmptyOutbox(db);
        double seconds = (System.nanoTime() - start) / 1e9;
        relay.stop();
        return ROWS / seconds;
    }

    private static void awaitEmptyOutbox(JdbcClient db) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        // Queries the last row only, at a constant cost.
        var last = db.sql("select max(id) from outbox").query(Long.class).optional();
        while (last.isPresent()
                && db.sql("select exists (select from outbox where id = ?)").param(last.get()).query(Boolean.class)
                        .single()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The outbox was not sent within " + PATIENCE);
            }
            Thread.sleep(5);
        }
    }

    /** Records a second of Kafka's producer alone, with the relay's records. */
    private double produced() {
        if (sent.isEmpty()) {
            readWhatWasSent();
        }
        var failure = new AtomicReference<Exception>();
        Callback sentOrNot = (_, failed) -> failure.compareAndSet(null, failed);
        long start = System.nanoTime();
        try (var producer = new KafkaProducer<>(
                parts.kafkaClient(Map.of("acks", "all",
                        "enable.idempotence", true)),
                new StringSerializer(), new ByteArraySerializer())) {
            for (var record : sent) {
                producer.send(new ProducerRecord<>(BARE_TOPIC, null, record.key(), record.value(), record.headers()),
                        sentOrNot);
            }
            producer.flush();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (failure.get() != null) {
                throw new IllegalStateException("Not all records were sent, so this is no ceiling", failure.get());
            }
            return sent.size() / seconds;
        }
    }

    private void readWhatWasSent() {
        try (var consumer = new KafkaConsumer<>(
                parts.kafkaClient(Map.of("group.id", BARE_TOPIC,
                        "auto.offset.reset", "earliest", "isolation.level", "read_committed")),
                new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.TASKS));
            while (sent.size() < ROWS) {
                consumer.poll(Duration.ofMillis(100)).forEach(sent::add);
            }
        }
    }

    private void createBareTopic() throws Exception {
        try (var admin = Admin.create(
                parts.kafkaClient(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(BARE_TOPIC, Optional.of(Topics.PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
    }

    /** Transactions a second, including the sending of their events. */
    private static double perSecond(Duration duration, IntConsumer transaction, JdbcClient db)
            throws InterruptedException, ExecutionException {
        var done = new LongAdder();
        long start = System.nanoTime();
        Callable<Void> writer = () -> {
            while (System.nanoTime() - start < duration.toNanos()) {
                transaction.accept(ThreadLocalRandom.current().nextInt(COUNTERS));
                done.increment();
            }
            return null;
        };
        try (var writers = Executors.newFixedThreadPool(WRITERS)) {
            for (var each : writers.invokeAll(Collections.nCopies(WRITERS, writer))) {
                each.get();
            }
        }
        awaitEmptyOutbox(db);
        return done.sum() / ((System.nanoTime() - start) / 1e9);
    }
}
