package com.uberpopug.ates.acceptance;

import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.StackPorts;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.MailSink;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * The shipped jars with real PostgreSQL, Kafka and registry. Each is a process of its own on a free port, started empty
 * once for all tests of this JVM, and ended with it.
 */
final class ApplicationUnderTest {

    static final String FIRST_ADMIN = "first-admin";
    static final String FIRST_ADMINS_PASSWORD = "the shape of the first beak";

    private static final Path HOME = LocalStackFiles.repository().resolve("acceptance-tests/target/stack");
    private static final SpanCollector SPANS = new SpanCollector();

    private ApplicationUnderTest() {
    }

    /** Created when first needed, in a class of its own: threads that start the parts run the outer class's code. */
    private static final class Running {
        private static final StackPorts PORTS = StackPorts.free();
        private static final LocalStack STACK = start(PORTS);
    }

    private static LocalStack start(StackPorts ports) {
        try {
            LocalStackFiles.deleteRecursively(HOME);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var stack = new LocalStack(HOME, ports,
                Map.of("ATES_ADMIN_LOGIN", FIRST_ADMIN, "ATES_ADMIN_PASSWORD", FIRST_ADMINS_PASSWORD,
                        "MANAGEMENT_TRACING_EXPORT_ENABLED", "true",
                        "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT", SPANS.endpoint(),
                        "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULEDELAY", "200ms"));
        Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
        stack.start(_ -> {
        });
        return stack;
    }

    enum Service {
        AUTH, TASKS, ACCOUNTING, ANALYTICS;

        URI address() {
            return URI.create(process().address());
        }

        int port() {
            return process().port();
        }

        ServiceProcess process() {
            return switch (this) {
                case AUTH -> Running.STACK.auth();
                case TASKS -> Running.STACK.tasks();
                case ACCOUNTING -> Running.STACK.accounting();
                case ANALYTICS -> Running.STACK.analytics();
            };
        }
    }

    static LocalStack stack() {
        return Running.STACK;
    }

    static StackPorts ports() {
        return Running.PORTS;
    }

    /** A service's database, in the operators' view. */
    static Connection database(String name) throws SQLException {
        var database = Running.STACK.postgres().database(name);
        return DriverManager.getConnection(database.jdbcUrl(), database.owner().user(), database.owner().password());
    }

    /** The emails sent so far, one line each with address and subject. */
    static List<String> mails() {
        return MailSink.list(HOME);
    }

    static SpanCollector spans() {
        return SPANS;
    }
}
