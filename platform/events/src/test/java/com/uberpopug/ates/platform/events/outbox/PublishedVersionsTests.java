package com.uberpopug.ates.platform.events.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedVersionsTests {

    private static final UUID TASK = UUID.fromString("019b0a5e-7c11-7000-8000-00000000000a");

    private final TaskCreated version2 = new TaskCreated(TASK, null, "Repaint", null, TASK, Instant.EPOCH);
    private final com.uberpopug.ates.events.tasks.v1.TaskCreated version1 = new com.uberpopug.ates.events.tasks.v1.TaskCreated(
            TASK, "Repaint", null, TASK, Instant.EPOCH);
    private final Fact fact = Fact.of(TASK, TASK, 1, Instant.EPOCH, version2, version1);

    @Test
    void all_versions_are_published_but_for_those_that_are_switched_off() {
        assertThat(new PublishedVersions(List.of()).of(fact)).containsExactly(version2, version1);
        assertThat(new PublishedVersions(List.of("Tasks.Created/v1")).of(fact)).containsExactly(version2);
        assertThat(new PublishedVersions(List.of("Tasks.Created/v2")).of(fact)).containsExactly(version1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tasks.Created/v3", "Tasks.Created", "tasks.created/v1", "",
            "Tasks.Created/v1,Tasks.Created/v2"})
    void unknown_version_is_refused_at_the_start(String name) {
        assertThatIllegalStateException().isThrownBy(() -> new PublishedVersions(List.of(name)))
                .withMessageStartingWith("ates.events.switched-off: there is no " + name + ", but [Users.Created/v1,");
    }

    @Test
    void one_version_of_each_event_stays() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new PublishedVersions(List.of("Tasks.Created/v2", "Tasks.Created/v1")))
                .withMessage("ates.events.switched-off leaves no version of Tasks.Created");
        assertThatIllegalStateException().isThrownBy(() -> new PublishedVersions(List.of("Tasks.Assigned/v1")))
                .withMessage("ates.events.switched-off leaves no version of Tasks.Assigned");
    }
}
