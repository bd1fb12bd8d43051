package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpcastsTests {

    private static final UUID TASK = UUID.fromString("019b0a5e-7c11-7000-8000-00000000000a");
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");

    @ParameterizedTest
    @EnumSource
    void every_version_can_be_read_as_each_newer_one(EventType event) {
        assertThat(EventType.all()).filteredOn(other -> Upcasts.leads(event, other))
                .containsExactlyElementsOf(EventType.all().stream()
                        .filter(other -> other.type().equals(event.type()) && other.version() >= event.version())
                        .toList());
    }

    @Test
    void title_of_version_1_is_split() {
        var old = new TaskCreated(TASK, "[UBERPOP-42] - Repaint the button", "In green", TASK, AT);

        assertThat(Upcasts.as(EventType.TASK_CREATED_V2, old)).isEqualTo(
                new com.uberpopug.ates.events.tasks.v2.TaskCreated(TASK, "UBERPOP-42", "Repaint the button", "In green",
                        TASK, AT));
        assertThat(Upcasts.as(EventType.TASK_CREATED_V1, old)).isSameAs(old);
    }

    @Test
    void nothing_leads_back_to_an_older_version_or_to_another_type() {
        var event = new com.uberpopug.ates.events.tasks.v2.TaskCreated(TASK, null, "Repaint", null, TASK, AT);

        assertThatIllegalArgumentException().isThrownBy(() -> Upcasts.as(EventType.TASK_CREATED_V1, event))
                .withMessage("Tasks.Created/v2 cannot be read as Tasks.Created/v1");
        assertThatIllegalArgumentException().isThrownBy(() -> Upcasts.as(EventType.TASK_ASSIGNED_V1, event));
    }
}
