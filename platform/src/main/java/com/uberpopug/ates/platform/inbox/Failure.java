package com.uberpopug.ates.platform.inbox;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RetriableException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells what fails because something is away, and will pass, from what fails because of its content, and will not. */
final class Failure {

    /**
     * Classes of SQLSTATE: connection exception, transaction rollback (deadlock, serialization), insufficient resources,
     * object not in prerequisite state (lock not available), operator intervention (shutdown), system error.
     */
    private static final Set<String> PASSING_SQL_STATES = Set.of("08", "40", "53", "55", "57", "58");

    private Failure() {
    }

    /** Whether trying again later can help. */
    static boolean willPass(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(20).anyMatch(cause -> {
            return switch (cause) {
                case RetriableException _,IOException _ -> true;
                case TransientDataAccessException _,DataAccessResourceFailureException _ -> true;
                case CannotCreateTransactionException _ -> true;
                case SQLTransientException _,SQLRecoverableException _ -> true;
                case SQLException sql -> sql.getSQLState() != null && sql.getSQLState().length() >= 2
                        && PASSING_SQL_STATES.contains(sql.getSQLState().substring(0, 2));
                default -> false;
            };
        });
    }
}
