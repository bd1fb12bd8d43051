package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.platform.events.ServiceStart;
import com.uberpopug.ates.platform.test.RealParts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The step {@code migrate} of a service's program, and the start of the service before and after it. */
@ExtendWith(OutputCaptureExtension.class)
class MigrationStepTests {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Database database = RealParts.shared().createDatabase("step");

    @Test
    void step_migrates_as_the_owner_and_ends(CapturedOutput output) throws Exception {
        assertThat(migrates().isActive()).isFalse();
        assertThat(output).contains("The database is migrated");
        assertThat(versions()).containsKeys("events_schema_history", "web_schema_history", "pages_schema_history",
                "flyway_schema_history");
        var before = versions();
        migrates();
        assertThat(versions()).isEqualTo(before);
    }

    @Test
    void older_step_takes_no_version_back() throws Exception {
        migrates();
        asOwner("update schema_versions set version = '10' where history = 'events_schema_history'");
        migrates();
        assertThat(versions()).containsEntry("events_schema_history", "10");
    }

    @Test
    void service_waits_for_the_step_and_never_has_the_password_of_the_owner(CapturedOutput output) throws Exception {
        var starting = CompletableFuture.supplyAsync(this::starts);
        await().atMost(PATIENCE).until(() -> output.toString().contains("The database is not migrated"));
        assertThat(output).contains("events_schema_history is at << Empty Schema >>", "./ates migrate SERVICE");
        assertThat(starting).isNotDone();
        RealParts.migrate(database);
        try (var service = starting.get()) {
            assertThat(service.isRunning()).isTrue();
            assertThat(service.getEnvironment().getPropertySources().stream()
                    .flatMap(source -> source instanceof EnumerablePropertySource<?> known
                            ? Stream.of(known.getPropertyNames()).map(known::getProperty)
                            : Stream.empty())
                    .map(String::valueOf)).noneMatch(value -> value.contains(database.owner().password()));
        }
    }

    @Test
    void service_waits_for_a_module_that_lacks_migrations(CapturedOutput output) throws Exception {
        migrates();
        asOwner("update schema_versions set version = '0' where history = 'web_schema_history'");
        var starting = CompletableFuture.supplyAsync(this::starts);
        await().atMost(PATIENCE).until(() -> output.toString().contains("web_schema_history is at 0 and not at"));
        migrates();
        starting.get().close();
    }

    @Test
    void service_takes_a_database_that_is_newer(CapturedOutput output) throws Exception {
        migrates();
        asOwner("update schema_versions set version = '1000' where history = 'flyway_schema_history'");
        starts().close();
        assertThat(output).contains("The database is newer than this version of the service: flyway_schema_history is"
                + " at 1000");
    }

    @Test
    void database_of_an_earlier_version_ends_the_step_with_a_clear_message(CapturedOutput output) throws Exception {
        asOwner("create table flyway_schema_history (version text)");
        assertThatThrownBy(this::migrates)
                .hasStackTraceContaining("The database has tables but no events_schema_history");
        assertThat(output).contains("APPLICATION FAILED TO START", "they are of an earlier version",
                "./ates up --fresh");
    }

    @Test
    void step_waits_for_a_database_that_is_away(CapturedOutput output) throws Exception {
        var name = database.jdbcUrl().replaceFirst(".*/", "");
        try (var superuser = RealParts.shared().postgres().connect("postgres");
                var statement = superuser.createStatement()) {
            statement.execute("alter database " + name + " with allow_connections false");
            var migrating = CompletableFuture.supplyAsync(this::migrates);
            await().atMost(PATIENCE).until(() -> output.toString().contains("begins anew"));
            assertThat(migrating).isNotDone();
            statement.execute("alter database " + name + " with allow_connections true");
            migrating.get();
            assertThat(versions()).containsKey("flyway_schema_history");
        }
    }

    @Test
    void wrong_or_missing_password_of_the_owner_ends_the_step() {
        for (var password : List.of("wrong", "")) {
            assertThatThrownBy(() -> migrates("--spring.flyway.password=" + password)).as(password)
                    .hasStackTraceContaining("password");
        }
    }

    private ConfigurableApplicationContext migrates(String... more) {
        return ServiceStart.run(CountingApplication.class,
                Stream.concat(Stream.concat(Stream.of("migrate"), arguments(Map.of(
                        "spring.datasource.url", database.jdbcUrl(),
                        "spring.datasource.username", database.service().user(),
                        "spring.flyway.user", database.owner().user(),
                        "spring.flyway.password", database.owner().password()))), Stream.of(more))
                        .toArray(String[]::new));
    }

    private ConfigurableApplicationContext starts() {
        var properties = new HashMap<>(RealParts.properties(database));
        properties.putAll(Map.of("server.port", "0", "spring.kafka.listener.auto-startup", "false"));
        return ServiceStart.run(CountingApplication.class, arguments(properties).toArray(String[]::new));
    }

    private static Stream<String> arguments(Map<String, String> properties) {
        return properties.entrySet().stream().map(each -> "--" + each.getKey() + "=" + each.getValue());
    }

    private Map<String, String> versions() throws SQLException {
        try (var owner = owner()) {
            var found = new HashMap<String, String>();
            JdbcClient.create(new SingleConnectionDataSource(owner, true))
                    .sql("select history, version from schema_versions")
                    .query(row -> {
                        found.put(row.getString(1), row.getString(2));
                    });
            return found;
        }
    }

    private void asOwner(String sql) throws SQLException {
        try (var owner = owner(); var statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection owner() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.owner().user(), database.owner().password());
    }
}
