package com.uberpopug.ates.events.serde;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.Meaning;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads generated records in Confluent's wire format, resolving the writer's schema against the generated one.
 *
 * <p>Accepts the keys of {@link SchemaRegistryClient}. Fails with {@link SerializationException} if a value does not
 * match its schema, if its logical types differ from the generated class's, or if its record has no generated class
 * here; with {@link UnknownSchemaException} for a schema id that the registry does not know; with
 * {@link RegistryUnavailableException} while the registry is away.
 */
public final class AvroDeserializer implements Deserializer<SpecificRecord> {

    private final Map<Integer, SpecificDatumReader<SpecificRecord>> readers = new ConcurrentHashMap<>();
    private @Nullable SchemaRegistryClient registry;
    private @Nullable SchemaRegistryClient own;

    /** For Kafka's consumers, which configure it. */
    public AvroDeserializer() {
    }

    /**
     * For programs that share a client among several.
     *
     * @param registry is shared, and not closed with this deserializer, which needs no configuration
     */
    public AvroDeserializer(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    @Override
    public void configure(Map<String, ?> config, boolean isKey) {
        own = new SchemaRegistryClient(config);
        registry = own;
    }

    @Override
    public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        int id = WireFormat.schemaId(value);
        var reader = readers.get(id);
        if (reader == null) {
            reader = reader(id);
            if (readers.size() >= requireNonNull(registry).maxCached()) {
                readers.clear();
            }
            readers.put(id, reader);
        }
        try {
            int length = value.length - WireFormat.HEADER_LENGTH;
            var decoder = DecoderFactory.get().binaryDecoder(value, WireFormat.HEADER_LENGTH, length, null);
            // Readers are stateless between reads, so one serves all threads.
            var event = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new SerializationException("Bytes are left over after the record of schema id " + id);
            }
            return event;
        } catch (SerializationException e) {
            throw e;
        } catch (IOException e) {
            // Not kept as the cause: an EOFException would look like a broken connection, and a retry would read the
            // same bytes.
            throw new SerializationException("Not a record of schema id " + id + ": " + e);
        } catch (RuntimeException e) {
            throw new SerializationException("Not a record of schema id " + id + ": " + e, e);
        }
    }

    private SpecificDatumReader<SpecificRecord> reader(int id) {
        if (registry == null) {
            throw new IllegalStateException("configure() was not called");
        }
        var writer = registry.schema(id);
        var type = EventType.all().stream()
                .filter(known -> known.recordClass().getName().equals(writer.getFullName())).findFirst()
                .orElseThrow(() -> new SerializationException("No event here is a " + writer.getFullName()));
        try {
            var model = SpecificData.getForClass(type.recordClass());
            Schema reader = model.getSchema(type.recordClass());
            var differences = Meaning.differences(writer, reader);
            if (!differences.isEmpty()) {
                throw new SerializationException(
                        "Schema id %d cannot be read as %s: %s".formatted(id, type.title(),
                                String.join("; ", differences)));
            }
            return new SpecificDatumReader<>(writer, reader, model);
        } catch (AvroRuntimeException e) {
            throw new SerializationException("Schema id " + id + " cannot be read as " + type + ": " + e, e);
        }
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
