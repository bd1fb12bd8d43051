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
        return Envelope.get(received.headers(), Envelope.TRACEPARENT)
                .filter(Traces::isSampled)
                .map(_ -> propagator
                        .extract(received.headers(), (headers, name) -> Envelope.get(headers, name).orElse(null))
                        .kind(Span.Kind.CONSUMER)
                        .name(received.topic() + " process")
                        .tag("messaging.system", "kafka")
                        .tag("messaging.destination.name", received.topic())
                        .tag("messaging.consumer.group.name", consumer)
                        .start());
    }

    /** Well-formed, and the last hex digit has the flag "sampled" beside others, such as "random" of level 2. */
    private static boolean isSampled(String traceparent) {
        return traceparent.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][13579bdf]");
    }

    /** A span's context as a {@code traceparent}. */
    public @Nullable String traceparent(Span span) {
        var headers = new HashMap<String, String>();
        propagator.inject(span.context(), headers, (_, name, value) -> headers.put(name, value));
        return headers.get(Envelope.TRACEPARENT);
    }
}
