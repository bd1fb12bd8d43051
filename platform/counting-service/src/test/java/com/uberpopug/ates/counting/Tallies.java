package com.uberpopug.ates.counting;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the applied steps and their sums. */
@Component
class Tallies {

    private final JdbcClient db;

    Tallies(JdbcClient db) {
        this.db = db;
    }

    record Tally(long steps, long cents, @Nullable Long priceCents) {
    }

    Optional<Tally> of(UUID counter) {
        return db.sql("select steps, cents, price_cents from tallies where counter = :counter")
                .param("counter", counter)
                .query(Tally.class).optional();
    }

    /** The cents of each step, in the order in which the steps were applied. */
    List<Long> appliedCents(UUID counter) {
        return db.sql("select cents from applied_steps where counter = :counter order by position")
                .param("counter", counter).query(Long.class).list();
    }
}
