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

/** Tells failures that pass, because something is away, from those that stay, because the content is wrong. */
public final class Failure {

    /** Beans that need beans that cannot be made lie deep; and causes may go in a circle. */
    static final int MOST_CAUSES = 100;

    /**
     * Classes of SQLSTATE: connection exception, invalid authorization (a role that is locked or whose password is being
     * changed), transaction rollback (deadlock, serialization), insufficient resources, object not in prerequisite state
     * (lock not available), operator intervention (shutdown), system error.
     */
    private static final Set<String> PASSING_SQL_CLASSES = Set.of("08", "28", "40", "53", "55", "57", "58");
    /**
     * The server takes no writes, as a standby does and a disk that is full; or it ended a transaction of ours that had
     * been idle, or open, for too long: this process was frozen.
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
        // The SQLSTATE decides before Spring's translation, which maps "too complex" and "out of memory" to one class.
        return sqlState(causes).map(state -> PASSING_SQL_STATES.contains(state)
                || PASSING_SQL_CLASSES.contains(state.substring(0, Math.min(2, state.length()))))
                // The server always gives a state; the pool gives none for a connection that it has closed.
                .orElseGet(() -> causes.stream().anyMatch(cause -> cause instanceof TransientDataAccessException
                        || cause instanceof DataAccessResourceFailureException || cause instanceof SQLException));
    }

    /** Class and message; of an exception that Spring has wrapped, those of its cause, without the SQL statement. */
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
