package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContractTests {

    @Test
    void event_is_found_by_class_and_by_type_and_version() {
        assertThat(EventType.of(TaskCreated.class)).isSameAs(EventType.TASK_CREATED_V1);
        assertThat(EventType.of("Tasks.Created", 1)).contains(EventType.TASK_CREATED_V1);
        assertThat(EventType.of("Tasks.Created", 99)).isEmpty();
        assertThat(EventType.of("Tasks.Forgotten", 1)).isEmpty();
        assertThatThrownBy(() -> EventType.of(String.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String");
    }

    @Test
    void every_topic_of_an_event_is_created_with_its_retention() {
        var topics = Topics.all().stream().map(Topics.Topic::name).toList();

        assertThat(EventType.all()).extracting(EventType::topic).isSubsetOf(topics);
        assertThat(Topics.all()).filteredOn(topic -> topic.settings().get("cleanup.policy").equals("compact"))
                .extracting(Topics.Topic::name).containsExactly(Topics.USERS);
        assertThat(Topics.all())
                .filteredOn(topic -> "LogAppendTime".equals(topic.settings().get("message.timestamp.type")))
                .extracting(Topics.Topic::name).containsExactly(Topics.USERS);
        assertThat(Topics.all()).filteredOn(topic -> "86400000".equals(topic.settings().get("retention.ms")))
                .extracting(Topics.Topic::name).containsExactly(Topics.SESSIONS);
        assertThat(Topics.all()).filteredOn(topic -> "2592000000".equals(topic.settings().get("retention.ms")))
                .extracting(Topics.Topic::name).containsExactly(Topics.SECURITY);
        assertThat(Topics.all()).filteredOn(topic -> "-1".equals(topic.settings().get("retention.ms")))
                .extracting(Topics.Topic::name)
                .containsExactlyInAnyOrder(Topics.TASKS, Topics.PRICES, Topics.BALANCES, Topics.MANAGERS);
    }

    @ParameterizedTest
    @EnumSource
    void schema_is_named_after_its_topic_and_version(EventType event) {
        var schema = new Schema.Parser().parse(event.schemaText());

        assertThat(schema.getNamespace()).isEqualTo("com.uberpopug.ates.events.%s.v%d"
                .formatted(event.topic().replaceFirst("^ates\\.", ""), event.version()));
        assertThat(schema.getFullName()).isEqualTo(event.recordClass().getName());
        assertThat(event.subject()).isEqualTo(event.topic() + "-" + schema.getFullName());
    }

    @ParameterizedTest
    @EnumSource
    void catalogue_returns_the_schema_file_byte_for_byte(EventType event) throws Exception {
        assertThat(event.schemaText())
                .isEqualTo(Files.readString(Path.of("src/main/avro", event.topic(), event.type(),
                        "v" + event.version() + ".avsc")));
    }

    @Test
    void personal_data_is_on_the_users_topic_only() {
        var personal = Set.of("login", "display_name", "email");

        assertThat(EventType.all()).filteredOn(event -> new Schema.Parser().parse(event.schemaText()).getFields()
                .stream().map(Schema.Field::name).anyMatch(personal::contains)).extracting(EventType::topic)
                .containsOnly(Topics.USERS);
    }
}
