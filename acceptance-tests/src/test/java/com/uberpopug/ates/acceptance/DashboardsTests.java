package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every query of the dashboards in {@code deploy/grafana} gives figures of the running system. */
@OfLocalStack
class DashboardsTests {

    private static final Path DASHBOARDS = Prometheus.FILES.resolve("../grafana/dashboards").normalize();

    @RegisterExtension
    private final Prometheus prometheus = new Prometheus();
    @RegisterExtension
    private final Company company = new Company();

    @Test
    void every_query_gives_figures_of_the_running_system() throws IOException {
        var popug = company.hires(Role.POPUG);
        var task = task("Show up on a dashboard");
        admin().assignsTasks();
        company.assigneeOf(task).completes(task);
        var queries = queries();
        assertThat(queries).hasSizeGreaterThan(25);
        for (var query : queries) {
            // A rate takes two figures: what is counted happens again, between scrapes.
            new Eventually<>(query, () -> {
                Person.sends(Person.anonymously(AUTH, "/login").header("Accept", "text/html").GET()).is(200);
                popug.gets(ANALYTICS, "/api/nothing").is(404);
                return prometheus.query(query);
            }).satisfies(series -> assertThat(series).isNotEmpty()
                    .allMatch(each -> !each.path("value").path(1).asString().equals("NaN")
                            || query.contains("ledger") || query.contains("quantile"), "a figure"));
        }
    }

    private static List<String> queries() throws IOException {
        var queries = new ArrayList<String>();
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            for (var file : files.sorted().toList()) {
                Answer.JSON.readTree(Files.readString(file)).path("panels").forEach(panel -> panel.path("targets")
                        .forEach(target -> queries
                                .add(target.path("expr").asString().replace("$__rate_interval", "1m"))));
            }
        }
        return queries;
    }
}
