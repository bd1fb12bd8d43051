import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints each completed task with its reward, from the first one on and then live: each once, in whichever order the
 * topics arrive. java Completions client.properties (what ./ates kafka-client prints)
 */
final class Completions {

    private static final List<EventType> READ = List.of(EventType.TASK_COMPLETED_V1, EventType.USER_BALANCE_CHANGED_V1);

    private final AvroDeserializer values = new AvroDeserializer();
    // Fact ids; a program with a database keeps them there, in the transaction that applies the fact.
    private final Set<String> seen = new HashSet<>();
    // What is known of a task so far.
    private final Map<UUID, TaskCompleted> completions = new HashMap<>();
    private final Map<UUID, UserBalanceChanged> rewards = new HashMap<>();

    public static void main(String[] arguments) throws IOException {
        var file = new Properties();
        try (var lines = Files.newBufferedReader(Path.of(arguments[0]))) {
            file.load(lines);
        }
        var settings = new HashMap<String, Object>();
        file.forEach((key, value) -> settings.put(key.toString(), value));
        settings.putAll(Map.of("group.id", "completions-" + UUID.randomUUID(), "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"));
        new Completions().run(settings);
    }

    private void run(Map<String, Object> settings) {
        values.configure(settings, false);
        // Bytes, because only a record of a known type can be decoded.
        try (values;
                var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("ates.tasks", "ates.balances"));
            while (true) {
                consumer.poll(Duration.ofSeconds(1)).forEach(this::handle);
            }
        }
    }

    private void handle(ConsumerRecord<String, byte[]> record) {
        var type = header(record, Envelope.TYPE);
        var known = READ.stream().filter(each -> each.type().equals(type)).findFirst();
        if (record.value() == null || known.isEmpty()) {
            return;
        }
        if (!header(record, Envelope.DATA_SCHEMA).equals(known.get().dataSchema())) {
            if (List.of(header(record, Envelope.DATA_VERSIONS).split(",")).contains("1")) {
                return; // the same fact comes as version 1, too
            }
            throw new IllegalStateException(type + " does not come in version 1 any more");
        }
        var fact = header(record, Envelope.FACT_ID);
        if (seen.contains(fact)) {
            return;
        }
        // Fails while the registry is away, which ends this program.
        var event = values.deserialize(record.topic(), record.value());
        seen.add(fact);
        switch (event) {
            case TaskCompleted completion -> {
                completions.put(completion.getTaskId(), completion);
                printIfComplete(completion.getTaskId());
            }
            case UserBalanceChanged change when change.getKind() == BalanceChangeKind.REWARD -> {
                rewards.put(change.getTaskId(), change);
                printIfComplete(change.getTaskId());
            }
            default -> {
            }
        }
    }

    private void printIfComplete(UUID task) {
        var completion = completions.get(task);
        var reward = rewards.get(task);
        if (completion != null && reward != null) {
            var at = new DateTimeFormatterBuilder().appendInstant(3).toFormatter().format(completion.getCompletedAt());
            System.out.println(at + " task " + task + " by " + completion.getAssigneeId() + ": "
                    + reward.getChangeCents() + " cents");
        }
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return Envelope.get(record.headers(), name).orElse("");
    }
}
