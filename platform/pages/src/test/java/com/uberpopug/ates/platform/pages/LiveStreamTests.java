package com.uberpopug.ates.platform.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.web.Toast;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LiveStreamTests {

    private static final Duration AT_ONCE = Duration.ZERO;

    private final UUID anna = UUID.randomUUID();
    private final LiveStream stream = new LiveStream(anna, _ -> {
    });

    @Test
    void changes_of_one_kind_are_one_change() throws InterruptedException {
        stream.tell(Collections.nCopies(1_000, LiveUpdate.toAll("tasks")));
        assertThat(stream.next(AT_ONCE).names()).containsExactly("tasks");
        assertThat(stream.next(AT_ONCE).isEmpty()).isTrue();
    }

    @Test
    void changes_of_too_many_kinds_are_a_change_of_everything() throws InterruptedException {
        var changes = IntStream.range(0, 1_000).mapToObj(i -> LiveUpdate.toAll("task-" + i)).toList();
        stream.tell(changes.subList(0, 50));
        assertThat(stream.next(AT_ONCE).names()).hasSize(50);
        stream.tell(changes);
        assertThat(stream.next(AT_ONCE).names()).containsExactly(LiveStream.READY);
    }

    @Test
    void only_whom_it_concerns_is_told() throws InterruptedException {
        stream.tell(List.of(LiveUpdate.to(UUID.randomUUID(), "mine", Toast.of("task")),
                LiveUpdate.to(anna, "marker")));
        var message = stream.next(AT_ONCE);
        assertThat(message.names()).containsExactly("marker");
        assertThat(message.toasts()).isEmpty();
    }

    @Test
    void a_page_is_not_buried_in_toasts() throws InterruptedException {
        stream.tell(Collections.nCopies(100, LiveUpdate.to(anna, "mine", Toast.of("task"))));
        var message = stream.next(AT_ONCE);
        assertThat(message.toasts()).hasSize(3);
        assertThat(message.moreToasts()).isEqualTo(97);
        stream.tell(List.of(LiveUpdate.to(anna, "mine", Toast.of("task"))));
        assertThat(stream.next(AT_ONCE).moreToasts()).isZero();
    }

    @Test
    void toasts_of_a_burst_are_one_that_counts_them() throws InterruptedException {
        var burst = Collections.nCopies(40,
                LiveUpdate.to(anna, "mine", Toast.of("task").leadingTo("/tasks/1").inBursts("tasks", 1_500, "/")));
        stream.tell(burst);
        stream.tell(List.of(LiveUpdate.to(anna, "mine", Toast.of("other").inBursts("others", 1, "/"))));
        stream.tell(burst);
        var message = stream.next(AT_ONCE);
        assertThat(message.moreToasts()).isZero();
        assertThat(message.toasts()).extracting(Toast::burst).containsExactly(
                new Toast.Burst("tasks", 80, 120_000, "/"),
                new Toast.Burst("others", 1, 1, "/"));
    }

    @Test
    void a_stream_that_is_ended_waits_no_longer() throws InterruptedException {
        Thread.startVirtualThread(stream::end);
        assertThat(stream.next(Duration.ofMinutes(1)).isEmpty()).isTrue();
        assertThat(stream.isEnded()).isTrue();
    }
}
