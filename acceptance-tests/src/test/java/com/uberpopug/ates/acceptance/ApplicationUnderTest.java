package com.uberpopug.ates.acceptance;

import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.StackPorts;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.MailSink;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The shipped jars with real PostgreSQL, Kafka and registry. Each is a process of its own on a free port, or with
 * {@code -Pcompose} a container, started empty once for all tests of this JVM, and ended with it.
 */
final class ApplicationUnderTest {

    static final String FIRST_ADMIN = "first-admin";
    static final String FIRST_ADMINS_PASSWORD = "the shape of the first beak";

    static final Path HOME = LocalStackFiles.repository().resolve("acceptance-tests/target/stack");
    private static final SpanCollector SPANS = new SpanCollector();
    private static final Pattern SECRET_VARIABLE = Pattern.compile("PASSWORD|SECRET|JAAS");
    private static final Pattern QUOTED_PASSWORD = Pattern.compile("password=\"([^\"]+)\"");
    private static volatile boolean started;

    private ApplicationUnderTest() {
    }

    /** Created when first needed, in a class of its own: threads that start the parts run the outer class's code. */
    private static final class Running {
        private static final StackPorts PORTS = ComposeStack.IN_USE ? StackPorts.STANDARD : StackPorts.free();
        private static final LocalStack STACK = start(PORTS);
    }

    private static LocalStack start(StackPorts ports) {
        try {
            LocalStackFiles.deleteRecursively(HOME);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var admin = Map.of("ATES_ADMIN_LOGIN", FIRST_ADMIN, "ATES_ADMIN_PASSWORD", FIRST_ADMINS_PASSWORD);
        if (ComposeStack.IN_USE) {
            ComposeStack.start(HOME, admin);
            // Not started: it knows the addresses, and with the same key the passwords.
            return new LocalStack(HOME, ports, admin);
        }
        var environment = new HashMap<>(admin);
        environment.putAll(Map.of("MANAGEMENT_TRACING_EXPORT_ENABLED", "true",
                "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT", SPANS.endpoint(),
                "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULEDELAY", "200ms"));
        var stack = new LocalStack(HOME, ports, environment);
        Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
        stack.start(_ -> {
        });
        started = true;
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

        void kill() {
            if (ComposeStack.IN_USE) {
                ComposeStack.kill(container());
            } else {
                process().kill();
            }
        }

        void start() {
            if (ComposeStack.IN_USE) {
                ComposeStack.start(container());
            } else {
                process().start();
            }
        }

        private String container() {
            return name().toLowerCase(Locale.ROOT) + "-service";
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

    /** Whether a test has needed the stack of processes, and it is up. */
    static boolean isStarted() {
        return started;
    }

    /** Every password and key that the stack gives to a part, and the secret from which they derive. */
    static Set<String> stackSecrets() throws IOException {
        var secrets = new HashSet<String>();
        secrets.add(Files.readString(HOME.resolve("secret")));
        secrets.add(FIRST_ADMINS_PASSWORD);
        for (var service : Service.values()) {
            service.process().environment().forEach((name, value) -> {
                if (SECRET_VARIABLE.matcher(name).find()) {
                    var quoted = QUOTED_PASSWORD.matcher(value);
                    secrets.add(quoted.find() ? quoted.group(1) : value);
                }
            });
            var database = Running.STACK.postgres().database(service.name().toLowerCase(Locale.ROOT));
            secrets.add(database.owner().password());
            secrets.add(database.service().password());
        }
        return secrets;
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
        return DriverManager.getConnection(ComposeStack.jdbcUrl(database.jdbcUrl()), database.owner().user(),
                database.owner().password());
    }

    /** The emails sent so far, one line each with address and subject. */
    static List<String> mails() {
        return ComposeStack.IN_USE ? ComposeStack.mails() : MailSink.list(HOME);
    }

    /** Those of payouts. */
    static List<String> payoutMails() {
        return mails().stream().filter(mail -> mail.contains("You were paid ") || mail.contains("Вам выплачено "))
                .toList();
    }

    static SpanCollector spans() {
        return SPANS;
    }
}
