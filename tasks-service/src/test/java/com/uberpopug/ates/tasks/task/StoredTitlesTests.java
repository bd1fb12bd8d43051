package com.uberpopug.ates.tasks.task;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.MigrationStep;
import com.uberpopug.ates.platform.test.RealParts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Migrates a database with tasks from before Tasks.Created/v2. */
class StoredTitlesTests {

    private static final List<String> TITLES = List.of("[UBERPOP-42] - Repaint the button", "[UBERPOP-42]Repaint",
            "【UBERPOP-42】 — Repaint", "[UBERPOP-42]", "[A-1] [B-2] x", "[]", "[a-1] x", "Repaint [the] button",
            "Repaint", "(UBERPOP-42) x", "［x］");
    private static final int ROUNDS = 300;

    private final RealParts parts = RealParts.shared();
    private final Database database = parts
            .createDatabase("titles");
    private final DataSource owner = new DriverManagerDataSource(database.jdbcUrl(), database.owner().user(),
            database.owner().password());
    private final JdbcClient db = JdbcClient.create(owner);

    @Test
    void stored_titles_are_split_by_the_rule_for_version_1() {
        migrate("32?");
        var stored = new HashMap<UUID, String>();
        // Several batches, the last of which is not full.
        for (int round = 0; round < ROUNDS; round++) {
            TITLES.forEach(title -> stored.put(insert(title), title));
        }
        migrate("33?");

        var split = db.sql("select id, jira_id, title from tasks")
                .query((row, _) -> Map.entry(row.getObject("id", UUID.class),
                        new TaskTitle(row.getString("jira_id"), row.getString("title"))))
                .list().stream().collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
        assertThat(split).isEqualTo(
                stored.entrySet().stream().collect(toMap(Map.Entry::getKey, each -> TaskTitle.ofOld(each.getValue()))));
        assertThat(split.values()).filteredOn(title -> title.jiraId() != null).hasSize(4 * ROUNDS);
    }

    private UUID insert(String title) {
        var id = Ids.next();
        db.sql("""
                insert into tasks (id, title, status, created_by, created_at, facts, version)
                values (?, ?, 'NEW', ?, now(), 1, 0)
                """).param(id).param(title).param(Ids.next()).update();
        return id;
    }

    private void migrate(String target) {
        try (var step = new AnnotationConfigApplicationContext()) {
            step.getEnvironment().getPropertySources().addFirst(new MapPropertySource("migration",
                    Map.of("spring.flyway.placeholders.runtime_role", database.service().user(),
                            "spring.flyway.target", target)));
            step.registerBean(DataSource.class, () -> owner);
            step.register(MigrationStep.class);
            step.refresh();
        }
    }
}
