package com.uberpopug.ates.accounting.closing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Compares this host's clock with the database's: a close is final, so a wrong clock must not trigger one. */
@Component
class HostClock {

    private static final Duration MOST_APART = Duration.ofMinutes(1);
    private static final Logger log = LoggerFactory.getLogger(HostClock.class);

    private final JdbcClient db;
    private final Clock host;
    private final AtomicBoolean wasWrong = new AtomicBoolean();

    /** @param host the host's real clock, which tests leave unset */
    HostClock(JdbcClient db, @Qualifier("clock") Clock host) {
        this.db = db;
        this.host = host;
    }

    boolean isRight() {
        var database = db.sql("select clock_timestamp()").query(OffsetDateTime.class).single().toInstant();
        var here = host.instant();
        boolean isRight = Duration.between(database, here).abs().compareTo(MOST_APART) <= 0;
        if (wasWrong.getAndSet(!isRight) == isRight) {
            logChange(isRight, here, database);
        }
        return isRight;
    }

    private static void logChange(boolean isRight, Instant here, Instant database) {
        if (isRight) {
            log.info("This host's clock agrees with the database's again: automatic closing of days resumes");
        } else {
            log.warn("Automatic closing of days is paused: host clock {}, database clock {}, more than {} apart", here,
                    database, MOST_APART);
        }
    }
}
