package com.uberpopug.ates.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RehearsalTests {

    @Test
    void rehearsal_waits_until_the_machine_has_been_idle_for_two_minutes() throws InterruptedException {
        assertThat(secondsUntilIdle(Collections.nCopies(12, 0.1))).isEqualTo(120);
    }

    @Test
    void busy_moment_and_unknown_load_begin_the_wait_again() throws InterruptedException {
        var busy = Stream.of(Collections.nCopies(11, 0.1), List.of(0.5), Collections.nCopies(11, 0.1), List.of(-1.0),
                Collections.nCopies(12, 0.0)).flatMap(List::stream).toList();
        assertThat(secondsUntilIdle(busy)).isEqualTo(360);
    }

    private static long secondsUntilIdle(List<Double> loads) throws InterruptedException {
        var waited = new ArrayList<Long>();
        Iterator<Double> load = loads.iterator();
        Rehearsal.awaitIdle(load::next, pause -> waited.add(pause.toSeconds()));
        return waited.stream().mapToLong(Long::longValue).sum();
    }
}
