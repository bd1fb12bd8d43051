package com.uberpopug.ates.platform.inbox;

import static java.lang.Math.max;
import static java.lang.Math.min;
import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import com.uberpopug.ates.platform.inbox.DeadLetter.Place;
import com.uberpopug.ates.platform.web.Cursor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what one service has set aside, with a consumer a call, which belongs to no group and is closed again.
 *
 * <p>Each call answers within some seconds, or throws a {@link RetriableException} where the broker is away.
 */
final class DeadLetterTopics {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int FETCH_BYTES = 4 << 20;

    private final String suffix;
    private final Map<String, Object> kafka;

    DeadLetterTopics(String service, Map<String, Object> kafka) {
        this.suffix = DeadLetters.topic("", service);
        this.kafka = new HashMap<>(kafka);
        this.kafka.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.kafka.putAll(Map.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                // Letters may be large, and a list does not keep their values: no more than this is held at a time.
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis(),
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis()));
    }

    /**
     * A part of the list.
     *
     * @param letters the newest first, without their values
     * @param next    before which places the list goes on; empty at its end
     */
    record Listing(List<DeadLetter> letters, List<Place> next) {
    }

    /**
     * Lists letters, the newest first.
     *
     * @param before only what lies before one of these, each in its partition; empty begins at the end of all partitions
     * @param limit  how many at most, and how many are read of a partition; fewer are not the end, as long as there is a next
     * @throws org.springframework.web.ErrorResponseException 400 where a place is in none of the service's own partitions
     */
    Listing list(List<Place> before, int limit) {
        try (var consumer = consumer()) {
            var own = partitions(consumer);
            if (!before.stream().map(Place::partition).allMatch(own::contains)) {
                throw Cursor.notOfThisList();
            }
            consumer.assign(own);
            var end = new HashMap<>(consumer.endOffsets(own));
            before.forEach(place -> end.computeIfPresent(place.partition(), (_, last) -> min(last, place.offset())));
            if (!before.isEmpty()) {
                end.keySet().retainAll(before.stream().map(Place::partition).toList());
            }
            var begin = consumer.beginningOffsets(end.keySet());
            var windows = end.keySet().stream().collect(toMap(partition -> partition,
                    partition -> Window.of(offset(begin, partition), offset(end, partition), limit)));
            read(consumer, windows, letter -> DeadLetter.of(letter).map(DeadLetter::withoutValue)
                    .ifPresent(requireNonNull(windows.get(Place.of(letter).partition())).letters()::push));
            return newest(windows, limit);
        }
    }

    /**
     * Takes the newest letter of all partitions, again and again, as long as it is known for each which its newest is.
     * Within a partition the order is that of the offsets, whatever the clocks of those who wrote them said.
     */
    private static Listing newest(Map<TopicPartition, Window> windows, int limit) {
        var letters = new ArrayList<DeadLetter>();
        while (letters.size() < limit && windows.values().stream().noneMatch(Window::isUsedUp)) {
            var newest = windows.values().stream().filter(window -> !window.letters().isEmpty())
                    .max(comparing(window -> window.letters().getFirst().failedAt()));
            if (newest.isEmpty()) {
                break;
            }
            letters.add(newest.get().letters().pop());
        }
        var next = windows.entrySet().stream().map(each -> new Place(each.getKey(), each.getValue().end()))
                .filter(place -> place.offset() > requireNonNull(windows.get(place.partition())).begin()).toList();
        return new Listing(letters, next);
    }

    /**
     * What a list reads of one partition.
     *
     * @param begin   where the partition begins
     * @param from    the first offset that is read
     * @param until   the offset behind the last one
     * @param letters what was read and is not in the list yet, the newest first
     */
    private record Window(long begin, long from, long until, Deque<DeadLetter> letters) {

        static Window of(long begin, long end, int limit) {
            return new Window(begin, max(begin, end - limit), end, new ArrayDeque<>());
        }

        /** Nothing is left of what was read, but there may be more before it. */
        boolean isUsedUp() {
            return letters.isEmpty() && from > begin;
        }

        /** Behind the newest letter that is not in the list yet. */
        long end() {
            return letters.isEmpty() ? from : letters.getFirst().place().offset() + 1;
        }
    }

    /** The letter that lies there; empty where none of this service's does. */
    Optional<DeadLetter> find(Place place) {
        try (var consumer = consumer()) {
            var own = partitions(consumer);
            if (!own.contains(place.partition())) {
                return Optional.empty();
            }
            var partition = Set.of(place.partition());
            consumer.assign(partition);
            long begin = offset(consumer.beginningOffsets(partition), place.partition());
            long end = offset(consumer.endOffsets(partition), place.partition());
            if (place.offset() < begin || place.offset() >= end) {
                return Optional.empty();
            }
            var found = new ArrayList<ConsumerRecord<String, byte[]>>();
            var window = new Window(begin, place.offset(), place.offset() + 1, new ArrayDeque<>());
            read(consumer, Map.of(place.partition(), window), found::add);
            return found.stream().findFirst().flatMap(DeadLetter::of);
        }
    }

    private static void read(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Window> windows,
            Consumer<ConsumerRecord<String, byte[]>> each) {
        long begun = System.nanoTime();
        consumer.assign(windows.keySet());
        windows.forEach((partition, window) -> consumer.seek(partition, window.from()));
        while (windows.entrySet().stream()
                .anyMatch(window -> consumer.position(window.getKey()) < window.getValue().until())) {
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new TimeoutException("The broker does not give the dead letters now");
            }
            for (var letter : consumer.poll(POLL)) {
                if (letter.offset() < requireNonNull(windows.get(Place.of(letter).partition())).until()) {
                    each.accept(letter);
                }
            }
        }
    }

    private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        return requireNonNull(offsets.get(partition));
    }

    private Set<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer) {
        return consumer.listTopics().entrySet().stream().filter(topic -> topic.getKey().endsWith(suffix))
                .flatMap(topic -> topic.getValue().stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).collect(toSet());
    }

    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(kafka, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
