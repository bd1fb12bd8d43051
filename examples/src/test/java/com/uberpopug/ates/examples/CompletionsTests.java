package com.uberpopug.ates.examples;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.CorrectedKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.serde.WireFormat;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each program reads, as a program of another team, what a real broker and a real registry keep. The topics are shared,
 * so a program also prints what was sent to the ones before it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CompletionsTests {

    private static final LocalDate DATE = LocalDate.parse("2026-11-22");
    private static final RealParts parts = RealParts.shared();
    private static final Events events = new Events(parts);
    private static final List<Completion> sent = new ArrayList<>();

    @TempDir
    private Path directory;

    /** A task that is completed and paid, with the ids of both facts. */
    private record Completion(UUID task, UUID worker, long cents, Instant at, UUID completed, UUID rewarded) {

        static Completion at(String time) {
            return new Completion(Ids.next(), Ids.next(), 1_000 + Math.floorMod(time.hashCode(), 9_000),
                    Instant.parse("2026-11-22T" + time), Ids.next(), Ids.next());
        }

        String line() {
            // An instant's text has as many digits as it needs.
            var time = at.toString().replace("Z", at.getNano() == 0 ? ".000Z" : "Z").replaceFirst("(\\.\\d{3})\\d*",
                    "$1");
            return "%s task %s by %s: %s cents".formatted(time, task, worker, cents);
        }

        ProducerRecord<String, byte[]> completion() {
            return events.record(Fact.of(completed, task, 4, at,
                    new TaskCompleted(task, worker, 1, cents, at, "USD")));
        }

        ProducerRecord<String, byte[]> reward() {
            return events.record(Fact.of(rewarded, worker, 2, at, new UserBalanceChanged(worker, rewarded,
                    BalanceChangeKind.REWARD, task, null, null, cents, cents, DATE, at, "USD")));
        }

        ProducerRecord<String, byte[]> correction() {
            return events.record(Fact.of(Ids.next(), worker, 3, at, new UserBalanceChanged(worker, Ids.next(),
                    BalanceChangeKind.CORRECTION, task, rewarded, CorrectedKind.REWARD, -cents, 0L, DATE, at, "USD")));
        }

        ProducerRecord<String, byte[]> fee() {
            return events.record(Fact.of(Ids.next(), worker, 1, at,
                    new UserBalanceCharged(worker, Ids.next(), task, 1, cents, -cents, -cents, DATE, at, "USD")));
        }
    }

    @AfterAll
    static void close() {
        events.close();
    }

    @ParameterizedTest
    @EnumSource(Example.class)
    @Order(1)
    void each_completion_is_printed_once_in_whichever_order_its_records_come(Example example) throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var rewardedFirst = completions(random);
        var completedFirst = completions(random);
        var together = completions(random);
        send(random, rewardedFirst.stream().map(Completion::reward),
                completedFirst.stream().map(Completion::completion),
                together.stream().map(Completion::completion), together.stream().map(Completion::reward), others());
        sent.addAll(together);
        try (var running = example.start(settings(), directory)) {
            running.awaitLines(lines(sent));
            send(random, rewardedFirst.stream().map(Completion::completion),
                    completedFirst.stream().map(Completion::reward), together.stream().map(Completion::completion),
                    together.stream().map(Completion::reward), together.stream().map(Completion::correction), others());
            var markers = sendMarkers();
            sent.addAll(rewardedFirst);
            sent.addAll(completedFirst);
            sent.addAll(markers);
            running.awaitLines(lines(markers));
            assertThat(running.lines()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(lines(sent));
        }
    }

    /** The last, because that record stays in the topic. */
    @ParameterizedTest
    @EnumSource(Example.class)
    @Order(2)
    void fact_without_a_version_that_it_reads_ends_it(Example example) throws Exception {
        var missed = Completion.at("08:00:00Z").completion();
        Envelope.put(missed.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Completed", 3));
        Envelope.put(missed.headers(), Envelope.DATA_VERSIONS, "2,3");
        events.send(List.of(missed));
        try (var running = example.start(settings(), directory)) {
            assertThat(running.awaitFailure()).contains("Tasks.Completed does not come in version 1 any more");
        }
    }

    /** Without a fraction of a second, with milliseconds, and with microseconds, which are cut off and not rounded. */
    private static List<Completion> completions(Random random) {
        return Stream.generate(() -> "10:%02d:%02d".formatted(random.nextInt(60), random.nextInt(60))).limit(3)
                .flatMap(time -> Stream.of("Z", ".070Z", ".123999Z").map(fraction -> Completion.at(time + fraction)))
                .toList();
    }

    /** Records of which no line follows. */
    private static Stream<ProducerRecord<String, byte[]>> others() {
        var unpaid = Completion.at("09:00:00Z");
        var unfinished = Completion.at("09:00:01Z");
        var onlyCorrected = Completion.at("09:00:02Z");
        var unknownType = withValue(unpaid.completion(), new byte[]{1});
        Envelope.put(unknownType.headers(), Envelope.TYPE, "Tasks.Renamed");
        Envelope.put(unknownType.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Renamed", 1));
        var tombstone = withValue(unpaid.completion(), null);
        tombstone.headers().remove(Envelope.DATA_SCHEMA).remove(Envelope.DATA_VERSIONS);
        return Stream.of(unpaid.completion(), unpaid.fee(), unfinished.reward(), onlyCorrected.completion(),
                onlyCorrected.correction(), unknownType, tombstone);
    }

    /** Shuffles them, doubles every third, and adds a newer version of every fourth; then aborts a transaction. */
    @SafeVarargs
    private static void send(Random random, Stream<ProducerRecord<String, byte[]>>... streams) {
        var records = Stream.of(streams).flatMap(stream -> stream).collect(toCollection(ArrayList::new));
        for (int i = records.size() - 1; i >= 0; i--) {
            var record = records.get(i);
            if (i % 3 == 0) {
                records.add(record);
            }
            if (i % 4 == 0 && record.value() != null) {
                records.add(newer(record));
            }
        }
        Collections.shuffle(records, random);
        events.send(records);
        abort(Completion.at("23:00:00Z"));
    }

    /** The same fact in a version whose schema the registry does not have. */
    private static ProducerRecord<String, byte[]> newer(ProducerRecord<String, byte[]> record) {
        var type = Envelope.get(record.headers(), Envelope.TYPE).orElseThrow();
        var newer = withValue(record, WireFormat.frame(999_999, new byte[]{1}));
        Envelope.put(newer.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema(type, 2));
        Envelope.put(newer.headers(), Envelope.DATA_VERSIONS, "1,2");
        return newer;
    }

    private static void abort(Completion completion) {
        try (var producer = new KafkaProducer<>(parts.kafkaClient(Map.of("transactional.id", "aborted")),
                new StringSerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(completion.completion());
            producer.send(completion.reward());
            producer.flush();
            producer.abortTransaction();
        }
    }

    /** The last records of all partitions of both topics: once they are printed, all others are read. */
    private static List<Completion> sendMarkers() {
        var markers = IntStream.range(0, Topics.PARTITIONS)
                .mapToObj(partition -> Completion.at("23:59:59.%03dZ".formatted(partition))).toList();
        events.send(IntStream.range(0, Topics.PARTITIONS).boxed()
                .flatMap(partition -> Stream.of(markers.get(partition).completion(), markers.get(partition).reward())
                        .map(record -> new ProducerRecord<>(record.topic(), partition, record.key(), record.value(),
                                record.headers())))
                .toList());
        return markers;
    }

    private static ProducerRecord<String, byte[]> withValue(ProducerRecord<String, byte[]> record,
            byte @Nullable [] value) {
        return new ProducerRecord<>(record.topic(), null, record.key(), value, new RecordHeaders(record.headers()));
    }

    private static List<String> lines(List<Completion> completions) {
        return completions.stream().map(Completion::line).toList();
    }

    /** What {@code ./ates kafka-client} prints. */
    private Path settings() throws IOException {
        var settings = new TreeMap<>(parts.kafka().client(Topics.OTHER_TEAMS));
        settings.putAll(parts.registry().client());
        return Files.write(directory.resolve("client.properties"),
                settings.entrySet().stream().map(setting -> setting.getKey() + "=" + setting.getValue()).toList());
    }
}
