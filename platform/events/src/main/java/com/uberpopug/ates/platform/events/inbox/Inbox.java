package com.uberpopug.ates.platform.events.inbox;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.platform.events.Traces;
import com.uberpopug.ates.platform.events.inbox.Subscription.SchemaPatience;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.transaction.support.TransactionTemplate;

/** Lets listeners apply each fact once, however often it is delivered. */
public final class Inbox {

    private final AppliedFacts applied;
    private final DeadLetters deadLetters;
    private final AvroDeserializer deserializer;
    private final Duration unknownSchemaPatience;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Traces traces;
    private final MeterRegistry meters;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

    Inbox(AppliedFacts applied, DeadLetters deadLetters, AvroDeserializer deserializer,
            Duration unknownSchemaPatience, TransactionTemplate transaction, Clock clock, Traces traces,
            MeterRegistry meters) {
        this.applied = applied;
        this.deadLetters = deadLetters;
        this.deserializer = deserializer;
        this.unknownSchemaPatience = unknownSchemaPatience;
        this.transaction = transaction;
        this.clock = clock;
        this.traces = traces;
        this.meters = meters;
    }

    /**
     * Registers a consumer of one topic.
     *
     * @param consumer its unique name in the inbox, in metrics and in dead letters: {@code <service>.<topic suffix>}, or,
     *                 for another consumer of the same topic, {@code <service>.<what it keeps>}
     * @param handlers the event versions that it handles. They get the facts that were not applied yet, in order,
     *                 inside the batch's transaction. Where they throw for the content of a fact, each fact is tried
     *                 alone
     */
    public Subscription subscribe(String consumer, Handlers<?> handlers) {
        var handled = handlers.versions().stream().map(EventType::of).toList();
        var subscription = new Subscription(consumer, new EventReader(handled, deserializer),
                new SchemaPatience(unknownSchemaPatience, clock), handlers::apply, applied, deadLetters, transaction,
                traces, new ConsumerCounters(consumer, meters));
        subscriptions.put(consumer, subscription);
        deadLetters.register(consumer);
        return subscription;
    }

    /**
     * Reads records of these event versions without applying them; empty for any other, and for what cannot be read
     * now.
     */
    public Function<ConsumerRecord<byte[], byte[]>, Optional<Received>> reader(
            List<Class<? extends SpecificRecord>> handles) {
        var reader = new EventReader(handles.stream().map(EventType::of).toList(), deserializer);
        return record -> {
            try {
                return reader.read(LargeValueDeserializer.whole(record)).fact();
            } catch (RuntimeException _) {
                // The consumer that applies the record reports the failure.
                return Optional.empty();
            }
        };
    }

    /** The consumers that have waited for so long for what is away, and why. */
    public SortedMap<String, String> waitingFor(Duration atLeast) {
        var waiting = new TreeMap<String, String>();
        subscriptions.forEach((consumer, subscription) -> subscription.waitingFor(atLeast)
                .ifPresent(reason -> waiting.put(consumer, reason)));
        return waiting;
    }

    /** The consumer of that name; empty where this service has none. */
    Optional<Subscription> subscription(String consumer) {
        return Optional.ofNullable(subscriptions.get(consumer));
    }
}
