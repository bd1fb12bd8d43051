package com.uberpopug.ates.platform.test;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Records the SQL statements of a test's thread while open. */
public final class Statements implements AutoCloseable {

    private static final Logger JDBC = (Logger) LoggerFactory.getLogger("org.springframework.jdbc.core.JdbcTemplate");

    private final Thread own = Thread.currentThread();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (Thread.currentThread() == own) {
                super.append(event);
            }
        }
    };

    public Statements() {
        log.start();
        JDBC.setLevel(Level.DEBUG);
        JDBC.setAdditive(false);
        JDBC.addAppender(log);
    }

    public List<String> executed() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage)
                .filter(message -> message.startsWith("Executing ") && message.contains("[")).toList();
    }

    @Override
    public void close() {
        JDBC.detachAppender(log);
        JDBC.setAdditive(true);
        JDBC.setLevel(null);
    }
}
