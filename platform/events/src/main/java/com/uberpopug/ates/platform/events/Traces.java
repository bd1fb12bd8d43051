package com.uberpopug.ates.platform.events;

import com.uberpopug.ates.events.serde.Envelope;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.HashMap;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Carries the W3C trace context across the gaps that no thread crosses: from a business transaction into the outbox,
 * and from each record of a batch into the facts that follow from it.
 */
public final class Traces {

    static final String TRACEPARENT = "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}";

    private final Tracer tracer;
    private final Propagator propagator;

    public Traces(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /** The current span as a {@code traceparent}; null where there is none. */
    public @Nullable String current() {
        var span = tracer.currentSpan();
        return span == null ? null : traceparent(span);
    }

    /** A consumer's span for one record, begun; empty where the record is not traced or not sampled. */
    public Optional<Span> begin(ConsumerRecord<byte[], byte[]> received, String consumer) {
        return child(Envelope.get(received.headers(), Envelope.TRACEPARENT).orElse(null), Span.Kind.CONSUMER,
                received.topic(), "process")
                .map(span -> span.tag("messaging.consumer.group.name", consumer).start());
    }

    /** A relay's span for one event, begun; empty where the event is not traced or not sampled. */
    public Optional<Span> begin(@Nullable String traceparent, String topic) {
        return child(traceparent, Span.Kind.PRODUCER, topic, "publish").map(Span.Builder::start);
    }

    private Optional<Span.Builder> child(@Nullable String traceparent, Span.Kind kind, String topic, String action) {
        return Optional.ofNullable(traceparent).filter(Traces::isSampled)
                .map(parent -> propagator
                        .extract(parent, (value, name) -> name.equals(Envelope.TRACEPARENT) ? value : null)
                        .kind(kind)
                        .name(topic + " " + action)
                        .tag("messaging.system", "kafka")
                        .tag("messaging.destination.name", topic));
    }

    /** Well-formed, and the last hex digit has the flag "sampled" beside others, such as "random" of level 2. */
    private static boolean isSampled(String traceparent) {
        return traceparent.matches(TRACEPARENT) && "13579bdf".indexOf(traceparent.charAt(54)) >= 0;
    }

    /** A span's context as a {@code traceparent}. */
    public @Nullable String traceparent(Span span) {
        var headers = new HashMap<String, String>();
        propagator.inject(span.context(), headers, (_, name, value) -> headers.put(name, value));
        return headers.get(Envelope.TRACEPARENT);
    }
}
