package com.uberpopug.ates.platform.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.web.Toast;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LiveStreamTests {

    private final UUID anna = UUID.randomUUID();
    private final LiveStream stream = new LiveStream(anna);

    @Test
    void changes_of_one_kind_are_one_change() {
        stream.add(Collections.nCopies(1_000, LiveUpdate.toAll("tasks")));
        assertThat(stream.next().names()).containsExactly("tasks");
        assertThat(stream.next().isEmpty()).isTrue();
    }

    @Test
    void changes_of_too_many_kinds_are_a_change_of_everything() {
        var changes = IntStream.range(0, 1_000).mapToObj(i -> LiveUpdate.toAll("task-" + i)).toList();
        stream.add(changes.subList(0, 50));
        assertThat(stream.next().names()).hasSize(50);
        stream.add(changes);
        assertThat(stream.next().names()).containsExactly(LiveStream.READY);
    }

    @Test
    void update_to_one_user_reaches_only_that_user() {
        stream.add(List.of(LiveUpdate.to(UUID.randomUUID(), "mine", Toast.of("task")),
                LiveUpdate.to(anna, "marker")));
        var message = stream.next();
        assertThat(message.names()).containsExactly("marker");
        assertThat(message.toasts()).isEmpty();
    }

    @Test
    void message_has_three_toasts_and_the_number_of_further_ones() {
        stream.add(Collections.nCopies(100, LiveUpdate.to(anna, "mine", Toast.of("task"))));
        var message = stream.next();
        assertThat(message.toasts()).hasSize(3);
        assertThat(message.moreToasts()).isEqualTo(97);
        stream.add(List.of(LiveUpdate.to(anna, "mine", Toast.of("task"))));
        assertThat(stream.next().moreToasts()).isZero();
    }

    @Test
    void toasts_of_a_burst_become_one_with_their_number() {
        var burst = Collections.nCopies(40,
                LiveUpdate.to(anna, "mine", Toast.of("task").leadingTo("/tasks/1").inBursts("tasks", 1_500, "/")));
        stream.add(burst);
        stream.add(List.of(LiveUpdate.to(anna, "mine", Toast.of("other").inBursts("others", 1, "/"))));
        stream.add(burst);
        var message = stream.next();
        assertThat(message.moreToasts()).isZero();
        assertThat(message.toasts()).extracting(Toast::burst).containsExactly(
                new Toast.Burst("tasks", 80, 120_000, "/"),
                new Toast.Burst("others", 1, 1, "/"));
    }
}
