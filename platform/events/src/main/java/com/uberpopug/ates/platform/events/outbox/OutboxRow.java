package com.uberpopug.ates.platform.events.outbox;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.serde.SchemaRegistryClient;
import com.uberpopug.ates.events.serde.WireFormat;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A stored event, on its way to become a Kafka record. A null payload deletes the key from a compacted topic. */
record OutboxRow(long id, UUID eventId, UUID factId, String topic, String key, String type, int version,
        String dataVersions, long sequence, Instant occurredAt, @Nullable String traceparent,
        byte @Nullable [] payload) {

    static OutboxRow of(ResultSet row) throws SQLException {
        return new OutboxRow(row.getLong("id"), row.getObject("event_id", UUID.class),
                row.getObject("fact_id", UUID.class), row.getString("topic"), row.getString("key"),
                row.getString("type"), row.getInt("version"), row.getString("data_versions"),
                row.getLong("sequence"), row.getTimestamp("occurred_at").toInstant(),
                row.getString("traceparent"), row.getBytes("payload"));
    }

    /** @param trace the W3C trace context of its sending; null where it is not traced */
    ProducerRecord<String, byte[]> record(String source, SchemaRegistryClient registry, @Nullable String trace) {
        var record = new ProducerRecord<String, byte[]>(topic, key, payload == null ? null : framed(payload, registry));
        var headers = record.headers();
        Envelope.put(headers, Envelope.SPEC_VERSION, "1.0");
        Envelope.put(headers, Envelope.ID, eventId.toString());
        Envelope.put(headers, Envelope.TYPE, type);
        Envelope.put(headers, Envelope.SOURCE, source);
        Envelope.put(headers, Envelope.TIME, occurredAt.toString());
        Envelope.put(headers, Envelope.SUBJECT, key);
        Envelope.put(headers, Envelope.FACT_ID, factId.toString());
        Envelope.put(headers, Envelope.AGGREGATE_VERSION, Long.toString(sequence));
        if (payload != null) {
            Envelope.put(headers, Envelope.DATA_SCHEMA, Envelope.dataSchema(type, version));
            Envelope.put(headers, Envelope.DATA_VERSIONS, dataVersions);
            Envelope.put(headers, Envelope.CONTENT_TYPE, "application/avro");
        }
        if (trace != null) {
            Envelope.put(headers, Envelope.TRACEPARENT, trace);
        }
        return record;
    }

    private byte[] framed(byte[] payload, SchemaRegistryClient registry) {
        // A newer instance of this service may have stored what this one does not know; it will send it, too.
        var event = EventType.of(type, version).orElseThrow(() -> new IllegalStateException(
                "No schema of %s/v%d in this build".formatted(type, version)));
        return WireFormat.frame(registry.idOf(event.subject(), event.schemaText()), payload);
    }
}
