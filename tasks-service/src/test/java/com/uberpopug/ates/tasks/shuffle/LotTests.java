package com.uberpopug.ates.tasks.shuffle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Over 20,000 picks, from a fixed seed, so that the statistics cannot fail by bad luck. */
class LotTests {

    private static final List<Integer> WORKERS = List.of(0, 1, 2, 3, 4);
    private static final int PICKS = 20_000;
    /** Of chi-square at 0.001 with 4 and with 24 degrees of freedom. */
    private static final double CRITICAL_4 = 18.47;
    private static final double CRITICAL_24 = 51.18;

    private final List<Integer> picks = picks();

    private static List<Integer> picks() {
        var lot = new Lot(new Random(42));
        return Stream.generate(() -> lot.draw(WORKERS)).limit(PICKS).toList();
    }

    @Test
    void every_worker_is_picked_as_often() {
        assertThat(chiSquare(picks, WORKERS.size())).isLessThan(CRITICAL_4);
    }

    @Test
    void a_pick_says_nothing_about_the_next() {
        var pairs = IntStream.range(1, PICKS).mapToObj(i -> WORKERS.size() * picks.get(i - 1) + picks.get(i)).toList();
        assertThat(chiSquare(pairs, WORKERS.size() * WORKERS.size())).isLessThan(CRITICAL_24);
    }

    @Test
    void the_only_worker_is_always_picked() {
        assertThat(new Lot().draw(List.of("anna"))).isEqualTo("anna");
    }

    private static double chiSquare(List<Integer> outcomes, int kinds) {
        double expected = (double) outcomes.size() / kinds;
        return IntStream.range(0, kinds)
                .mapToDouble(kind -> outcomes.stream().filter(outcome -> outcome == kind).count())
                .map(seen -> (seen - expected) * (seen - expected) / expected).sum();
    }
}
