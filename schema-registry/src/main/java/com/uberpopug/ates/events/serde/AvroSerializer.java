package com.uberpopug.ates.events.serde;

import com.uberpopug.ates.events.EventType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes generated records in Confluent's wire format, under subjects of {@code TopicRecordNameStrategy}.
 *
 * <p>Accepts the keys of {@link SchemaRegistryClient}. It never registers a schema: {@code auto.register.schemas=true}
 * and any other {@code value.subject.name.strategy} are rejected.
 */
public final class AvroSerializer implements Serializer<SpecificRecord> {

    /** In bytes; most events fit. */
    private static final int INITIAL_SIZE = 256;

    /** Writers are stateless between writes, so one of each class serves all threads. */
    private static final ClassValue<SpecificDatumWriter<SpecificRecord>> WRITERS = new ClassValue<>() {
        @Override
        protected SpecificDatumWriter<SpecificRecord> computeValue(Class<?> type) {
            var model = SpecificData.getForClass(type);
            return new SpecificDatumWriter<>(model.getSchema(type), model);
        }
    };

    private @Nullable SchemaRegistryClient registry;

    /** For Kafka's producers, which configure it. */
    public AvroSerializer() {
    }

    @Override
    public void configure(Map<String, ?> config, boolean isKey) {
        registry = new SchemaRegistryClient(config);
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable SpecificRecord event) {
        if (event == null) {
            return null;
        }
        if (registry == null) {
            throw new IllegalStateException("configure() was not called");
        }
        var type = EventType.of(event.getClass());
        // The event's own topic has its subject ready.
        var subject = topic.equals(type.topic()) ? type.subject() : topic + "-" + event.getSchema().getFullName();
        var out = new ByteArrayOutputStream(INITIAL_SIZE);
        out.writeBytes(WireFormat.header(registry.idOf(subject, type.schemaText())));
        return write(event, out);
    }

    /**
     * The record as plain Avro binary, without a header.
     *
     * @throws SerializationException if a value does not fit the schema
     */
    public static byte[] encode(SpecificRecord event) {
        return write(event, new ByteArrayOutputStream(INITIAL_SIZE));
    }

    private static byte[] write(SpecificRecord event, ByteArrayOutputStream out) {
        try {
            var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            WRITERS.get(event.getClass()).write(event, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
            throw new SerializationException("Cannot write a " + event.getSchema().getFullName() + ": " + e, e);
        }
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}
