package com.uberpopug.ates.platform.events;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts a service, which needs its database from its migrations to its first users. Where something goes away
 * meanwhile, the start begins anew, for ever, from {@link #PAUSE} to {@link #LONGEST_PAUSE} later; each time is logged.
 * What waiting does not mend, such as a wrong password, a port that is taken or a secret that is missing, ends the
 * process.
 */
public final class ServiceStart {

    static final Duration PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(ServiceStart.class);
    /** Hibernate's message where it got no connection; it only logs the failure itself. */
    private static final String NO_DIALECT = "Unable to determine Dialect without JDBC metadata";
    /** The message of Kafka's clients where the broker's name does not resolve yet. */
    private static final String NO_BROKER = "No resolvable bootstrap urls";
    /** Flyway's failure where another instance holds the migrations' lock for long; it has no cause. */
    private static final String MIGRATIONS_LOCKED = "Number of retries exceeded while attempting to acquire";
    /** The driver's SQLSTATE where the server asks for a password and there is none. */
    private static final String NO_PASSWORD = "08004";

    /** Lets time pass. */
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    private ServiceStart() {
    }

    /**
     * Returns when the service has started; with {@link MigrationStep#ARGUMENT} as the first argument, when its
     * database is migrated.
     */
    public static ConfigurableApplicationContext run(Class<?> service, String... arguments) {
        if (MigrationStep.isWanted(arguments)) {
            return untilStarted(() -> MigrationStep.run(service, arguments), Thread::sleep);
        }
        return untilStarted(() -> SpringApplication.run(service, arguments), Thread::sleep);
    }

    static <T> T untilStarted(Supplier<T> start, Pause pause) {
        for (var next = PAUSE;; next = min(next.multipliedBy(2), LONGEST_PAUSE)) {
            try {
                return start.get();
            } catch (RuntimeException failure) {
                if (!isAboutSomethingAway(failure)) {
                    throw failure;
                }
                log.warn("The start cannot go on while something is away, and begins anew in {} s: {}",
                        next.toSeconds(), causes(failure).getLast().toString());
                try {
                    pause.of(next);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw failure;
                }
            }
        }
    }

    static boolean isAboutSomethingAway(Throwable failure) {
        var causes = causes(failure);
        boolean database = causes.stream().anyMatch(SQLException.class::isInstance);
        if (causes.stream().anyMatch(BindException.class::isInstance)
                || causes.stream().anyMatch(ServiceStart::isRefusedSignIn)
                || !database && causes.stream().anyMatch(ServiceStart::isAboutFiles)) {
            return false;
        }
        return Failure.willPass(failure) || causes.stream().anyMatch(ServiceStart::hidesItsCause);
    }

    /** While a service runs, its password may be changed under it; one that starts with a wrong password has it for good. */
    private static boolean isRefusedSignIn(Throwable cause) {
        return cause instanceof SQLException sql && (String.valueOf(sql.getSQLState()).startsWith("28")
                || NO_PASSWORD.equals(sql.getSQLState()));
    }

    private static boolean isAboutFiles(Throwable cause) {
        return cause instanceof IOException && !(cause instanceof SocketException
                || cause instanceof UnknownHostException || cause instanceof InterruptedIOException
                || cause instanceof EOFException);
    }

    private static boolean hidesItsCause(Throwable cause) {
        var message = String.valueOf(cause.getMessage());
        return message.startsWith(NO_DIALECT) || message.startsWith(MIGRATIONS_LOCKED)
                || cause instanceof MigratedDatabase.NotMigratedException
                || cause instanceof ConfigException && message.contains(NO_BROKER);
    }

    private static List<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(Failure.MOST_CAUSES)
                .toList();
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
