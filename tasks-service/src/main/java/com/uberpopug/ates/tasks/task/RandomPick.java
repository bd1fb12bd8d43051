package com.uberpopug.ates.tasks.task;

import java.security.SecureRandom;
import java.util.List;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** Picks a worker at random: each pick is uniform and independent of all others. */
@Component
class RandomPick {

    private final RandomGenerator random;

    RandomPick() {
        // A secure generator: past picks do not reveal the next one.
        this(new SecureRandom());
    }

    RandomPick(RandomGenerator random) {
        this.random = random;
    }

    <T> T from(List<T> candidates) {
        return candidates.get(random.nextInt(candidates.size()));
    }
}
