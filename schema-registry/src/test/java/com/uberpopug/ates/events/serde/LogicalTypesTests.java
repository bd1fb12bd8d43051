package com.uberpopug.ates.events.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** A value is read only with the logical type that it was written with. */
class LogicalTypesTests {

    private static final UUID ID = UUID.fromString("019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d");
    private static final Instant NOON = Instant.parse("2026-11-29T12:00:00.123456Z");
    private static final String MICROS = "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";

    static Stream<Arguments> timesThatAreNoMicros() {
        return Stream.of("timestamp-millis", "timestamp-nanos", "local-timestamp-millis", "local-timestamp-micros",
                "local-timestamp-nanos", "time-micros", "of-our-own")
                .map(type -> "{\"type\": \"long\", \"logicalType\": \"" + type
                        + "\"}")
                .flatMap(
                        type -> Stream.of(type, "[\"null\", " + type + "]"))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("timesThatAreNoMicros")
    void time_of_another_unit_or_logical_type_is_rejected(String type) throws Exception {
        assertThatThrownBy(() -> read(type)).isInstanceOf(SerializationException.class)
                .hasMessageContaining("assigned_at").hasMessageContaining("timestamp-micros");
    }

    @ParameterizedTest
    @MethodSource("plain")
    void plain_number_is_rejected_as_a_time(String type) {
        assertThatThrownBy(() -> read(type)).isInstanceOf(SerializationException.class)
                .hasMessageContaining("assigned_at: written as a plain");
    }

    static Stream<Arguments> plain() {
        return Stream.of("\"long\"", "[\"null\", \"long\"]").map(Arguments::of);
    }

    @Test
    void same_logical_type_is_read() throws Exception {
        assertThat(read(MICROS).getAssignedAt()).isEqualTo(NOON);
    }

    /** An assignment with another writer's type for its time. */
    private static TaskAssigned read(String timeType) throws Exception {
        var schema = new Schema.Parser().parse(EventType.TASK_ASSIGNED_V1.schemaText().replaceFirst(
                "\\{ *\"type\": *\"long\", *\"logicalType\": *\"timestamp-micros\" *}", timeType));
        assertThat(schema).as(timeType).isNotNull();
        var record = new GenericData.Record(schema);
        record.put("task_id", ID.toString());
        record.put("assignee_id", ID.toString());
        record.put("assignment_number", 1);
        record.put("fee_cents", 100L);
        record.put("currency", Amounts.CURRENCY);
        record.put("assigned_at", NOON.getEpochSecond() * 1_000_000 + NOON.getNano() / 1_000);
        var out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<>(schema, new GenericData()).write(record, encoder);
        encoder.flush();
        var answer = JsonMapper.shared().writeValueAsString(Map.of("schema", schema.toString()));
        try (var registry = new StandIn(StandIn.json(200, answer)); var deserializer = new AvroDeserializer()) {
            deserializer.configure(Map.of("schema.registry.url", registry.url()), false);
            return (TaskAssigned) deserializer.deserialize("ates.tasks", WireFormat.frame(1_000, out.toByteArray()));
        }
    }
}
