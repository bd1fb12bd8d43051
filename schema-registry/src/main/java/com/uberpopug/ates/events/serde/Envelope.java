package com.uberpopug.ates.events.serde;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;

/**
 * The Kafka headers of an event: CloudEvents 1.0 in the Kafka protocol binding's binary mode, with three extensions.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">
 *     Kafka Protocol Binding for CloudEvents</a>
 */
public final class Envelope {

    /** The version of CloudEvents: {@code 1.0}. */
    public static final String SPEC_VERSION = "ce_specversion";
    /** Identifies the record. */
    public static final String ID = "ce_id";
    /** What happened, as {@link com.uberpopug.ates.events.EventType#type}: {@code Tasks.Created}. */
    public static final String TYPE = "ce_type";
    /** An absolute URI of the installation and the service, such as {@code https://ates.example/tasks-service}. */
    public static final String SOURCE = "ce_source";
    /** When it occurred. */
    public static final String TIME = "ce_time";
    /** The key. */
    public static final String SUBJECT = "ce_subject";
    /** Type and version, as {@link #dataSchema} writes them. */
    public static final String DATA_SCHEMA = "ce_dataschema";
    /** Extension: identifies the fact; all published versions of it share the id, and inboxes are keyed on it. */
    public static final String FACT_ID = "ce_factid";
    /** Extension: the published versions of this fact, such as {@code 1,2}. */
    public static final String DATA_VERSIONS = "ce_dataversions";
    /**
     * Extension: a number that ascends with the facts of one key of one topic; a state that is announced anew has the
     * last one's. Not the version of REST's ETags, and not CloudEvents' own extension {@code sequence}, whose values are
     * compared as text.
     */
    public static final String AGGREGATE_VERSION = "ce_aggregateversion";
    /** Of the value: {@code application/avro}; a record without a value has none. */
    public static final String CONTENT_TYPE = "content-type";
    /** W3C Trace Context. */
    public static final String TRACEPARENT = "traceparent";

    private static final String SCHEMAS = "https://ates.uberpopug.example/events/";
    private static final Pattern VERSION = Pattern.compile(Pattern.quote(SCHEMAS) + "([^/]+)/v([1-9][0-9]{0,5})");

    private Envelope() {
    }

    /**
     * The {@value #DATA_SCHEMA} of a version of an event, the same in every installation:
     * {@code https://ates.uberpopug.example/events/Tasks.Created/v1}. It names the schema; nothing is served there.
     */
    public static String dataSchema(String type, int version) {
        return SCHEMAS + type + "/v" + version;
    }

    /**
     * The version that a {@value #DATA_SCHEMA} names.
     *
     * @throws IllegalArgumentException if it is none of this type
     */
    public static int version(String type, String dataSchema) {
        var match = VERSION.matcher(dataSchema);
        if (!match.matches() || !match.group(1).equals(type)) {
            throw new IllegalArgumentException("Not a version of " + type);
        }
        return Integer.parseInt(match.group(2));
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
