package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.events.serde.AvroSerializer;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** An instance whose contract lacks a version, and leads, beside one that publishes it. */
class RollingUpdateTests extends Instances {

    private static final Path CONTRACT = Path
            .of("../../schema-registry/src/main/java/com/uberpopug/ates/events/EventType.java");

    @Test
    void old_leader_makes_way_for_an_instance_that_knows_the_new_version() throws Exception {
        var old = start("-cp", oldContract() + File.pathSeparator + System.getProperty("java.class.path"));
        await().atMost(PATIENCE).until(old::leads);
        publish(Ids.next(), 1);
        var before = Ids.next();
        publish(before, 1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(announced.versions(before.toString()))
                .containsExactly(EventType.TASK_CREATED_V1.dataSchema()));

        var updated = start();
        await().atMost(PATIENCE).until(updated::isUp);
        assertThat(updated.leads()).isFalse();
        var tasks = Stream.generate(Ids::next).limit(20).toList();
        for (var task : tasks) {
            publish(task, 2, 1);
        }

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(tasks).allSatisfy(task -> assertThat(
                announced.versions(task.toString())).containsExactly(EventType.TASK_CREATED_V2.dataSchema(),
                        EventType.TASK_CREATED_V1.dataSchema())));
        assertThat(updated.leads()).isTrue();
        assertThat(old.process().isAlive()).isTrue();
    }

    private Instance start(String... flags) {
        return start(Map.of(), flags);
    }

    /** As a service appends it, in the order of the versions. */
    private void publish(UUID task, int... versions) throws SQLException {
        var factId = Ids.next();
        for (int version : versions) {
            try (var insert = db.prepareStatement("""
                    insert into outbox (event_id, fact_id, topic, key, type, version, data_versions, sequence,
                                        occurred_at, payload)
                    values (?, ?, 'ates.tasks', ?, 'Tasks.Created', ?, ?, 1, now(), ?)
                    """)) {
                insert.setObject(1, Ids.next());
                insert.setObject(2, factId);
                insert.setString(3, task.toString());
                insert.setInt(4, version);
                insert.setString(5, versions.length == 1 ? "1" : "1,2");
                insert.setBytes(6, AvroSerializer.encode(created(task, version)));
                insert.executeUpdate();
            }
        }
    }

    private static SpecificRecord created(UUID task, int version) {
        var title = new TaskTitle("UBERPOP-42", "Repaint the button");
        return version == 2
                ? new TaskCreated(task, title.jiraId(), title.text(), null, task, Instant.EPOCH)
                : new com.uberpopug.ates.events.tasks.v1.TaskCreated(task, title.joined(), null, task, Instant.EPOCH);
    }

    /** The contract as it was before the version, compiled from today's without its line. */
    private Path oldContract() throws IOException {
        var today = Files.readString(CONTRACT);
        var old = today.replaceFirst("\\n *TASK_CREATED_V2\\(.*", "");
        assertThat(old).isNotEqualTo(today);
        var classes = Files.createDirectory(directory.resolve("old-contract"));
        var source = Files.writeString(directory.resolve("EventType.java"), old);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-d", classes.toString(),
                "-cp", System.getProperty("java.class.path"), source.toString())).isZero();
        return classes;
    }
}
