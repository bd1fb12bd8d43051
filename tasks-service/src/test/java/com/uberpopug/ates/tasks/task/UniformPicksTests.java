package com.uberpopug.ates.tasks.task;

import static com.uberpopug.ates.platform.test.ChiSquare.assertUniform;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniformPicksTests {

    private static final int PICKS = 20_000;
    private static final List<Integer> WORKERS = List.of(0, 1, 2, 3, 4, 5, 6);

    @ParameterizedTest
    @ValueSource(longs = {1, 42, 20_261_122})
    void every_worker_is_equally_likely_and_picks_are_independent(long seed) {
        var pick = new RandomPick(new Random(seed));
        var picks = IntStream.range(0, PICKS).map(_ -> pick.from(WORKERS)).toArray();
        var workers = new long[WORKERS.size()];
        var pairs = new long[WORKERS.size() * WORKERS.size()];
        for (int i = 0; i < PICKS; i++) {
            workers[picks[i]]++;
            // Pairs that do not overlap, because those that do are not independent themselves.
            if (i % 2 == 1) {
                pairs[picks[i - 1] * WORKERS.size() + picks[i]]++;
            }
        }
        assertUniform("picks", workers);
        assertUniform("picks in a row", pairs);
    }
}
