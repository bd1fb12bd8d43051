package com.uberpopug.ates.events.serde;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * The Kafka headers of an event: CloudEvents 1.0 in the Kafka protocol binding's binary mode, with three extensions.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">
 *     Kafka Protocol Binding for CloudEvents</a>
 */
public final class Envelope {

    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String TYPE = "ce_type";
    public static final String SOURCE = "ce_source";
    public static final String TIME = "ce_time";
    public static final String SUBJECT = "ce_subject";
    /** Type and version, such as {@code Tasks.Created/v1}. */
    public static final String DATA_SCHEMA = "ce_dataschema";
    /** Extension: identifies the fact; all published versions of it share the id, and inboxes are keyed on it. */
    public static final String FACT_ID = "ce_factid";
    /** Extension: the published versions of this fact, such as {@code 1,2}. */
    public static final String DATA_VERSIONS = "ce_dataversions";
    /** Extension: ascending numbers of the facts of one key. */
    public static final String SEQUENCE = "ce_sequence";
    public static final String CONTENT_TYPE = "content-type";
    /** W3C Trace Context. */
    public static final String TRACEPARENT = "traceparent";

    private Envelope() {
    }

    /** The last value of a header as UTF-8 text; empty if the header is missing. */
    public static Optional<String> get(Headers headers, String name) {
        var header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** Sets a header to a text in UTF-8, replacing earlier values. */
    public static void put(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
