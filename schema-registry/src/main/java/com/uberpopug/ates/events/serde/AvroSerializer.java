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

    private @Nullable SchemaRegistryClient registry;

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
        var subject = topic + "-" + event.getSchema().getFullName();
        return WireFormat.frame(registry.idOf(subject, EventType.of(event.getClass()).schemaText()), encode(event));
    }

    /**
     * The record as plain Avro binary, without a header.
     *
     * @throws SerializationException if a value does not fit the schema
     */
    public static byte[] encode(SpecificRecord event) {
        try {
            var out = new ByteArrayOutputStream(256);
            var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            new SpecificDatumWriter<SpecificRecord>(event.getSchema(), SpecificData.getForClass(event.getClass()))
                    .write(event, encoder);
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
