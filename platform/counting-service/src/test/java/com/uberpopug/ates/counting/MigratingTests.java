package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.platform.events.MigrationStep;
import com.uberpopug.ates.platform.test.AtOnce;
import com.uberpopug.ates.platform.test.RealParts;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Migrates one database by the platform's modules and a service. */
class MigratingTests {

    private static final List<String> HISTORIES = List.of("events_schema_history", "flyway_schema_history",
            "pages_schema_history", "web_schema_history");

    private final Database database = RealParts.shared().createDatabase("migrating");
    private final DataSource owner = new DriverManagerDataSource(database.jdbcUrl(), database.owner().user(),
            database.owner().password());
    private final JdbcClient db = JdbcClient.create(owner);

    @Test
    void each_module_and_the_service_have_a_history_of_their_own() {
        migrate(owner);
        assertThat(tables()).containsAll(HISTORIES)
                .contains("outbox", "inbox", "dead_letters", "scheduled_tasks", "idempotency_keys", "spring_session",
                        "counters");
        assertThat(applied("events_schema_history")).contains("outbox", "inbox", "dead letters", "scheduled tasks");
        assertThat(applied("web_schema_history")).contains("idempotency keys");
        assertThat(applied("pages_schema_history")).contains("sessions");
        assertThat(applied("flyway_schema_history")).contains("count").doesNotContain("outbox");
    }

    @Test
    void second_start_applies_nothing() {
        migrate(owner);
        var before = HISTORIES.stream().map(this::applied).toList();
        migrate(owner);
        assertThat(HISTORIES.stream().map(this::applied).toList()).isEqualTo(before);
    }

    @Test
    void instances_that_start_at_once_migrate_once() {
        AtOnce.run(4, _ -> {
            migrate(owner);
            return true;
        });
        for (var history : HISTORIES) {
            assertThat(applied(history)).doesNotHaveDuplicates().hasSizeGreaterThan(1);
        }
    }

    @Test
    void tables_of_an_earlier_version_are_refused_and_kept() {
        db.sql("create table flyway_schema_history (version text)").update();
        db.sql("create table outbox (id bigint)").update();
        assertThatThrownBy(() -> migrate(owner)).cause()
                .hasMessageStartingWith("The database has tables but no events_schema_history")
                .hasMessageContaining("Nothing was changed").hasMessageContaining("./ates up --fresh")
                .hasMessageNotContaining("\n");
        assertThat(tables()).containsExactly("flyway_schema_history", "outbox");
    }

    @Test
    void module_that_a_service_adds_later_is_migrated() {
        migrate(owner);
        db.sql("drop table pages_schema_history, spring_session_attributes, spring_session").update();
        migrate(owner);
        assertThat(tables()).contains("spring_session");
    }

    @Test
    void tables_without_their_history_are_refused() {
        migrate(owner);
        db.sql("drop table pages_schema_history").update();
        assertThatThrownBy(() -> migrate(owner)).hasCauseInstanceOf(FlywayException.class)
                .hasStackTraceContaining("\"spring_session\" already exists");
    }

    private void migrate(DataSource source) {
        try (var step = new AnnotationConfigApplicationContext()) {
            step.getEnvironment().getPropertySources().addFirst(new MapPropertySource("migration",
                    Map.of("spring.flyway.placeholders.runtime_role", database.service().user())));
            step.registerBean(DataSource.class, () -> source);
            step.register(MigrationStep.class);
            step.refresh();
        }
    }

    private List<String> tables() {
        return db.sql("select tablename from pg_tables where schemaname = 'public' order by 1").query(String.class)
                .list();
    }

    private List<String> applied(String history) {
        return db.sql("select description from " + history + " where success order by installed_rank")
                .query(String.class).list();
    }
}
