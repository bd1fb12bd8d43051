package com.uberpopug.ates.platform.inbox;

import com.uberpopug.ates.platform.Failure;
import com.uberpopug.ates.platform.kafka.Envelope;
import com.uberpopug.ates.platform.metrics.Sampled;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where records go that no retry will help: {@code <topic>.<service>.dlt}, kept 30 days, with their bytes and headers
 * as they came, and headers that tell cause and origin.
 */
public final class DeadLetters implements AutoCloseable {

    /** Class and message of what went wrong. */
    public static final String CAUSE = "dlt_cause";
    public static final String TOPIC = "dlt_topic";
    public static final String PARTITION = "dlt_partition";
    public static final String OFFSET = "dlt_offset";
    /** The record's own timestamp, in milliseconds; the letter's is that of its writing, from which the 30 days count. */
    public static final String TIMESTAMP = "dlt_timestamp";
    public static final String CONSUMER = "dlt_consumer";
    public static final String TIME = "dlt_time";
    static final List<String> HEADERS = List.of(CAUSE, TOPIC, PARTITION, OFFSET, TIMESTAMP, CONSUMER, TIME);

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
    private static final Duration KEPT = Duration.ofDays(30);
    /** Longer than the producer's own, so that what it has given up on does not arrive after all, and then twice. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int PRODUCER_PATIENCE_MILLIS = 12_000;
    private static final int REQUEST_PATIENCE_MILLIS = 5_000;
    /** Room for the largest record that a broker takes by default, and its story. */
    private static final int MAX_LETTER_BYTES = 2 << 20;
    private static final int MAX_CAUSE_LENGTH = 2_000;
    private static final int MAX_COUNTED = 10_000;

    private final String service;
    private final Map<String, Object> kafka;
    private final SetAside setAside;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Set<String> topics = ConcurrentHashMap.newKeySet();
    private @Nullable KafkaProducer<String, byte[]> producer;

    DeadLetters(String service, Map<String, Object> kafka, SetAside setAside, Clock clock, MeterRegistry meters) {
        this.service = service;
        this.kafka = new HashMap<>(kafka);
        this.setAside = setAside;
        this.clock = clock;
        this.meters = meters;
    }

    /** The topic that a service's dead letters from a topic go to. */
    public static String topic(String topic, String service) {
        return topic + "." + service + ".dlt";
    }

    /**
     * Sets a record aside, and waits until the broker has it.
     *
     * <p>A batch that is retried comes by again: a record that this consumer has set aside already is not published
     * twice.
     *
     * @throws RetriableException where the broker is away
     */
    void publish(ConsumerRecord<String, byte[]> record, String consumer, Throwable cause) {
        var key = SetAside.Key.of(record, consumer);
        if (setAside.contains(key)) {
            return;
        }
        var target = topic(record.topic(), service);
        log.error("{} cannot apply {}-{}@{} (key {}): it is now in {}", consumer, record.topic(), record.partition(),
                record.offset(), record.key(), target, cause);
        send(target, letter(record, target, consumer, cause));
        setAside.add(key, EventReader.factId(record));
        count(consumer).increment();
    }

    /** Has the consumer's figures shown, from zero on. */
    void register(String consumer) {
        count(consumer);
        var waiting = new Sampled<>(() -> setAside.countWaiting(consumer, MAX_COUNTED));
        Gauge.builder("ates.inbox.dead.letters.waiting", () -> waiting.value(Integer::doubleValue))
                .description("What was set aside in the last 30 days and neither applied nor discarded, up to 10,000")
                .tag("consumer", consumer).register(meters);
    }

    private Counter count(String consumer) {
        return Counter.builder("ates.inbox.dead.letters").description("What this instance has set aside")
                .tag("consumer", consumer).register(meters);
    }

    /** Whether an admin has given up on it; none does any more until this transaction ends. */
    boolean isDiscarded(ConsumerRecord<String, byte[]> record, String consumer) {
        return setAside.lockIfDiscarded(SetAside.Key.of(record, consumer));
    }

    /** Takes back that a consumer has set a record aside, within the transaction that applies it. */
    void forget(ConsumerRecord<String, byte[]> record, String consumer) {
        setAside.remove(SetAside.Key.of(record, consumer));
    }

    private ProducerRecord<String, byte[]> letter(ConsumerRecord<String, byte[]> record, String target, String consumer,
            Throwable cause) {
        var letter = new ProducerRecord<>(target, null, record.key(), record.value(), record.headers());
        var text = Failure.describe(cause);
        Envelope.put(letter.headers(), CAUSE, text.substring(0, Math.min(text.length(), MAX_CAUSE_LENGTH)));
        Envelope.put(letter.headers(), TOPIC, record.topic());
        Envelope.put(letter.headers(), PARTITION, Integer.toString(record.partition()));
        Envelope.put(letter.headers(), OFFSET, Long.toString(record.offset()));
        Envelope.put(letter.headers(), TIMESTAMP, Long.toString(record.timestamp()));
        Envelope.put(letter.headers(), CONSUMER, consumer);
        Envelope.put(letter.headers(), TIME, clock.instant().toString());
        return letter;
    }

    private void send(String target, ProducerRecord<String, byte[]> letter) {
        try {
            if (topics.add(target)) {
                create(target);
            }
            producer().send(letter).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerAwayException(target, e);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            topics.remove(target);
            throw new BrokerAwayException(target, e);
        }
    }

    private void create(String target) throws InterruptedException, ExecutionException, TimeoutException {
        try (var admin = Admin.create(kafka)) {
            var topic = new NewTopic(target, Optional.of(1), Optional.empty())
                    .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(KEPT.toMillis()),
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_LETTER_BYTES)));
            admin.createTopics(List.of(topic)).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private synchronized KafkaProducer<String, byte[]> producer() {
        if (producer == null) {
            var config = new HashMap<>(kafka);
            config.put(ProducerConfig.ACKS_CONFIG, "all");
            config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PRODUCER_PATIENCE_MILLIS);
            config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PRODUCER_PATIENCE_MILLIS);
            config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_PATIENCE_MILLIS);
            config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_LETTER_BYTES);
            config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
            config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
            producer = new KafkaProducer<>(config);
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
        }
    }

    /** The dead letter could not be published now. */
    private static final class BrokerAwayException extends RetriableException {
        BrokerAwayException(String topic, Throwable cause) {
            super("Cannot publish to " + topic + " now", cause);
        }
    }
}
