package com.uberpopug.ates.events.catalogue;

import com.uberpopug.ates.events.Topics.Topic;
import com.uberpopug.ates.events.catalogue.Contract.Version;
import com.uberpopug.ates.events.serde.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import tools.jackson.databind.JsonNode;

/** An example of an event, from its golden bytes. */
record Example(GenericRecord value) {

    private static final String FACT = "019b0a5e-7c11-7000-8000-0000000000fa";
    private static final String RECORD = "019b0a5e-7c11-7000-8000-0000000000ce";
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String USER = "00000000-0000-7000-8000-000000000004";

    /**
     * @param hex Avro's binary encoding
     * @throws IllegalArgumentException if that is not a whole record of the schema, and no more
     */
    static Example of(Schema schema, String hex) {
        try {
            var decoder = DecoderFactory.get().binaryDecoder(HexFormat.of().parseHex(hex), null);
            var value = new GenericDatumReader<GenericRecord>(schema, schema, data()).read(null, decoder);
            if (!decoder.isEnd()) {
                throw new IllegalArgumentException("bytes are left over");
            }
            return new Example(value);
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException unreadable) {
            throw new IllegalArgumentException(unreadable.toString(), unreadable);
        }
    }

    /** Values are as Avro has them, so that times are numbers of microseconds. */
    private static GenericData data() {
        return new GenericData();
    }

    JsonNode json() {
        var json = Json.object();
        value.getSchema().getFields().forEach(field -> json.set(field.name(),
                Json.parse(GenericData.get().toString(plain(value.get(field.pos()))))));
        return json;
    }

    private static Object plain(Object value) {
        return value instanceof CharSequence || value instanceof GenericData.EnumSymbol ? value.toString() : value;
    }

    /** The bytes, a line for each field. */
    String hexByField() {
        var lines = new ArrayList<String>();
        for (var field : value.getSchema().getFields()) {
            lines.add("%s  %s".formatted(hex(field.schema(), value.get(field.pos())), field.name()));
        }
        return String.join("\n", lines);
    }

    /** Without the names of the fields. */
    String hex() {
        return hex(value.getSchema(), value);
    }

    private static String hex(Schema schema, Object value) {
        try {
            var bytes = new ByteArrayOutputStream();
            new GenericDatumWriter<>(schema, data()).write(value,
                    EncoderFactory.get().directBinaryEncoder(bytes, null));
            return HexFormat.of().formatHex(bytes.toByteArray());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The record's key. */
    String key() {
        var field = Objects.requireNonNull(Contract.key(value.getSchema()));
        var key = value.get(field.pos());
        return Fields.type(field.schema()).equals("date")
                ? LocalDate.ofEpochDay((int) key).toString()
                : key.toString();
    }

    /** When it happened: the last instant of the body. */
    private String time() {
        return value.getSchema().getFields().stream().filter(field -> field.name().endsWith("_at"))
                .map(field -> (long) value.get(field.pos())).max(Long::compare)
                .map(micros -> Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000).toString())
                .orElseThrow();
    }

    /** @param published the versions that its fact is published in */
    Map<String, String> headers(Version version, Topic topic, List<Integer> published) {
        var headers = ofAll(version.type(), producer(topic), time(), key());
        headers.put(Envelope.DATA_SCHEMA, version.dataSchema());
        headers.put(Envelope.DATA_VERSIONS,
                String.join(",", published.stream().sorted().map(String::valueOf).toList()));
        headers.put(Envelope.CONTENT_TYPE, Headers.AVRO);
        return Headers.sorted(headers);
    }

    /** The service that the body names, where several write to the topic. */
    private String producer(Topic topic) {
        return topic.writers().size() == 1 ? topic.writers().iterator().next() : value.get("service").toString();
    }

    /** Those of a record without a value. */
    static Map<String, String> headersOfErasure(Catalogue.Erasure erasure, Topic topic) {
        return Headers
                .sorted(ofAll(erasure.type(), topic.writers().iterator().next(), "2026-11-22T23:59:59.999999Z", USER));
    }

    private static Map<String, String> ofAll(String type, String producer, String time, String key) {
        return new LinkedHashMap<>(Map.of(Envelope.SPEC_VERSION, "1.0", Envelope.ID, RECORD, Envelope.TYPE, type,
                Envelope.SOURCE, "https://localhost/ates/" + producer, Envelope.TIME, time, Envelope.SUBJECT, key,
                Envelope.FACT_ID, FACT, Envelope.AGGREGATE_VERSION, "7", Envelope.TRACEPARENT, TRACE));
    }
}
