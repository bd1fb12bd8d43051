package com.uberpopug.ates.platform.events;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RetriableException;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells what fails because something is away, and will pass, from what fails because of its content, and will not. */
public final class Failure {

    /** Beans that need beans that cannot be made lie deep; and causes may go in a circle. */
    static final int MOST_CAUSES = 100;

    /**
     * Classes of SQLSTATE: connection exception, transaction rollback (deadlock, serialization), insufficient resources,
     * object not in prerequisite state (lock not available), operator intervention (shutdown), system error.
     */
    private static final Set<String> PASSING_SQL_CLASSES = Set.of("08", "40", "53", "55", "57", "58");
    /**
     * The server takes no writes, as a standby does and a disk that is full; or it ended a transaction of ours that had been
     * idle, or open, for too long: this process was frozen.
     */
    private static final Set<String> PASSING_SQL_STATES = Set.of("25006", "25P03", "25P04");

    private Failure() {
    }

    /** Whether trying again later can help. */
    public static boolean willPass(Throwable failure) {
        var causes = Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(MOST_CAUSES).toList();
        if (causes.stream().anyMatch(Failure::isAboutSomethingElse)) {
            return true;
        }
        // What the database says comes before what it is translated to, where "too complex" reads like "out of memory".
        return sqlState(causes).map(state -> PASSING_SQL_STATES.contains(state)
                || PASSING_SQL_CLASSES.contains(state.substring(0, Math.min(2, state.length()))))
                // The server always says a state; the pool, of a connection that it has closed, says none.
                .orElseGet(() -> causes.stream().anyMatch(cause -> cause instanceof TransientDataAccessException
                        || cause instanceof DataAccessResourceFailureException || cause instanceof SQLException));
    }

    /** Class and message; of what Spring has wrapped those of what is inside, where the statement does not hide them. */
    public static String describe(Throwable failure) {
        return (failure instanceof NestedRuntimeException wrapped ? wrapped.getMostSpecificCause() : failure)
                .toString();
    }

    private static boolean isAboutSomethingElse(Throwable cause) {
        return cause instanceof RetriableException || cause instanceof IOException
                || cause instanceof CannotCreateTransactionException;
    }

    private static Optional<String> sqlState(List<Throwable> causes) {
        return causes.stream().flatMap(cause -> cause instanceof SQLException sql && sql.getSQLState() != null
                ? Stream.of(sql.getSQLState())
                : Stream.empty()).findFirst();
    }
}
