package com.uberpopug.ates.tasks.task;

import java.security.SecureRandom;
import java.util.List;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** Draws workers by lot: each pick is uniform and independent of every other. */
@Component
class Lot {

    private final RandomGenerator random;

    Lot() {
        // Secure, so that nobody can foresee from past picks who is next.
        this(new SecureRandom());
    }

    Lot(RandomGenerator random) {
        this.random = random;
    }

    <T> T draw(List<T> candidates) {
        return candidates.get(random.nextInt(candidates.size()));
    }
}
