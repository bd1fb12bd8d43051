package com.uberpopug.ates.benchmarks;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.events.serde.AvroSerializer;
import com.uberpopug.ates.events.serde.WireFormat;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The events of a task's life in turn, written and read by the contract's serde, and by Avro's own writer and reader of
 * their classes, kept for each class and each schema id. Public, with public methods, because JMH generates subclasses.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SerdeMethods {

    /** The system property with the file of the registry's address and login. */
    static final String SETTINGS = "ates.bench.settings";

    private static final Instant AT = Instant.parse("2026-11-22T10:00:00.123456Z");

    private final AvroSerializer serializer = new AvroSerializer();
    private final AvroDeserializer deserializer = new AvroDeserializer();
    private final Map<Class<?>, SpecificDatumWriter<SpecificRecord>> writers = new HashMap<>();
    private final Map<Class<?>, Integer> ids = new HashMap<>();
    private final Map<Integer, SpecificDatumReader<SpecificRecord>> readers = new HashMap<>();
    private final SpecificRecord[] events = events();
    private final String[] topics = new String[events.length];
    private final byte[][] values = new byte[events.length][];
    private int next;

    private static SpecificRecord[] events() {
        var task = Ids.next();
        var worker = Ids.next();
        var date = LocalDate.parse("2026-11-22");
        return new SpecificRecord[]{
                new TaskCreated(task, "UBERPOP-42", "Repaint the button", "In the colour of the old one, please",
                        Ids.next(), AT),
                new UserBalanceCharged(worker, Ids.next(), task, 1, 1500L, -1500L, -1500L, date, AT, "USD"),
                new TaskCompleted(task, worker, 1, 3000L, AT, "USD"),
                new UserBalanceChanged(worker, Ids.next(), BalanceChangeKind.REWARD, task, null, null, 3000L, 1500L,
                        date,
                        AT, "USD")};
    }

    @Setup
    public void setUp() throws IOException {
        var settings = new Properties();
        try (var file = Files.newBufferedReader(Path.of(System.getProperty(SETTINGS)))) {
            settings.load(file);
        }
        var config = new HashMap<String, Object>();
        settings.forEach((key, value) -> config.put(key.toString(), value));
        serializer.configure(config, false);
        deserializer.configure(config, false);
        for (int i = 0; i < events.length; i++) {
            var type = EventType.of(events[i].getClass());
            topics[i] = type.topic();
            values[i] = serializer.serialize(topics[i], events[i]);
            int id = WireFormat.schemaId(values[i]);
            var model = SpecificData.getForClass(type.recordClass());
            var schema = events[i].getSchema();
            writers.put(type.recordClass(), new SpecificDatumWriter<>(schema, model));
            ids.put(type.recordClass(), id);
            readers.put(id, new SpecificDatumReader<>(new Schema.Parser().parse(type.schemaText()), schema, model));
        }
    }

    private int turn() {
        next = next + 1 == events.length ? 0 : next + 1;
        return next;
    }

    @org.openjdk.jmh.annotations.Benchmark
    public byte @Nullable [] written() {
        int turn = turn();
        return serializer.serialize(topics[turn], events[turn]);
    }

    @org.openjdk.jmh.annotations.Benchmark
    public byte[] writtenByAvro() throws IOException {
        var event = events[turn()];
        var out = new ByteArrayOutputStream(256);
        out.write(0);
        out.writeBytes(ByteBuffer.allocate(4).putInt(requireNonNull(ids.get(event.getClass()))).array());
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        requireNonNull(writers.get(event.getClass())).write(event, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    @org.openjdk.jmh.annotations.Benchmark
    public @Nullable SpecificRecord read() {
        int turn = turn();
        return deserializer.deserialize(topics[turn], values[turn]);
    }

    @org.openjdk.jmh.annotations.Benchmark
    public SpecificRecord readByAvro() throws IOException {
        var value = values[turn()];
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        return requireNonNull(readers.get(id)).read(null,
                DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
    }
}
