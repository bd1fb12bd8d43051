package com.uberpopug.ates.platform.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.platform.avro.AvroDeserializer;
import com.uberpopug.ates.platform.avro.UnknownSchemaException;
import com.uberpopug.ates.platform.avro.WireFormat;
import com.uberpopug.ates.platform.kafka.Envelope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class EventReaderTests {

    private static final EventType COMPLETED = EventType.of(TaskCompleted.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final AvroDeserializer deserializer = new AvroDeserializer();
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final EventReader reader = new EventReader(List.of(COMPLETED), deserializer, PATIENCE, clock);

    @Test
    void whatever_unknown_ids_come_they_are_waited_for_once_in_a_while() throws Exception {
        var registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        registry.start();
        try (deserializer) {
            deserializer.configure(
                    Map.of("schema.registry.url", "http://localhost:" + registry.getAddress().getPort()), false);
            isWaitedFor(1);
            now = now.plus(PATIENCE).minusSeconds(1);
            isWaitedFor(1);
            isWaitedFor(2);
            now = now.plusSeconds(1);
            isRefused(1);
            isRefused(2);
            isRefused(3);
            now = now.plus(PATIENCE.multipliedBy(9));
            isRefused(4);
            now = now.plusSeconds(1);
            isWaitedFor(5);
        } finally {
            registry.stop(0);
        }
    }

    @Test
    void the_same_place_of_a_topic_that_was_made_anew_is_another() {
        var erasure = erasure(now);
        assertThat(erasure(now)).isEqualTo(erasure);
        assertThat(erasure(now.plusMillis(1)).orElseThrow().factId()).isNotEqualTo(erasure.orElseThrow().factId());
    }

    private void isWaitedFor(int schemaId) {
        assertThatThrownBy(() -> reader.read(record(schemaId))).isInstanceOf(UnknownSchemaException.class);
    }

    private void isRefused(int schemaId) {
        assertThatThrownBy(() -> reader.read(record(schemaId))).isInstanceOf(RefusedException.class);
    }

    private static ConsumerRecord<String, byte[]> record(int schemaId) {
        var record = new ConsumerRecord<>(COMPLETED.topic(), 0, 0, "key", WireFormat.frame(schemaId, new byte[1]));
        Envelope.put(record.headers(), Envelope.TYPE, COMPLETED.type());
        Envelope.put(record.headers(), Envelope.DATA_SCHEMA, COMPLETED.dataSchema());
        return record;
    }

    private Optional<Received> erasure(Instant written) {
        return reader.read(new ConsumerRecord<>("ates.users", 3, 17, written.toEpochMilli(), TimestampType.CREATE_TIME,
                0, 0, "key", null, new RecordHeaders(), Optional.empty()));
    }
}
