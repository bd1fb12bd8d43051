package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.stack;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each alert of {@code deploy/prometheus/alerts.yml}: those of the pipeline and the money fire when they are caused. */
@OfLocalStack
class AlertsTests {

    /** Of the relay, as an advisory lock in the database of each service. */
    private static final long RELAY_LOCK = 0x61746573_6f757462L;
    private static final Pattern RULE = Pattern.compile("- alert: (\\w+)\\n +expr: (.*?)\\n +(?:for|labels):",
            Pattern.DOTALL);
    private static final Pattern METRIC = Pattern.compile("\\b(?:up|[a-z]+_[a-z_]+)\\b(?=[{\\[)]| [=!<>]| unless)");

    @RegisterExtension
    private final Prometheus prometheus = new Prometheus();
    @RegisterExtension
    private final Company company = new Company();

    /** Whatever is awaited later does not include the start of the system. */
    @BeforeEach
    void start() {
        prometheus.firing().now();
    }

    @Test
    void relay_that_does_not_send_fires() throws SQLException {
        becomesSilent("RelayDown", "EventsNotSent");
        Task waiting;
        try (var other = ApplicationUnderTest.database("tasks"); var lock = other.createStatement()) {
            // A frozen instance loses its lock, and another session takes it and sends nothing.
            stack().tasks().pause();
            try {
                lock.execute("select pg_advisory_lock(%d)".formatted(RELAY_LOCK));
            } finally {
                stack().tasks().resume();
            }
            waiting = admin().creates("Wait for the relay");
            fires("RelayDown", "tasks-service");
            fires("EventsNotSent", "tasks-service");
            fires("PipelineDown", "tasks-service");
        }
        Company.priced(waiting);
        becomesSilent("RelayDown", "EventsNotSent", "PipelineDown");
    }

    @Test
    void stuck_consumer_fires() throws SQLException {
        becomesSilent("ConsumerBehind");
        try (var other = locking("analytics", "balances")) {
            company.hires(Role.POPUG);
            task("Charge a fee");
            admin().assignsTasks();
            fires("ConsumerBehind", "analytics.balances");
            other.rollback();
        }
        becomesSilent("ConsumerBehind");
    }

    private static Connection locking(String database, String table) throws SQLException {
        var connection = ApplicationUnderTest.database(database);
        connection.setAutoCommit(false);
        try (var lock = connection.createStatement()) {
            lock.execute("lock table " + table + " in access exclusive mode");
        }
        return connection;
    }

    @Test
    void dead_letter_fires() throws SQLException {
        becomesSilent("DeadLetter");
        var letter = DeadLetterTests.analyticsCannotTake("Fire an alert", "no_alert");
        fires("DeadLetter", "analytics.tasks");
        DeadLetterTests.inAnalytics("alter table tasks drop constraint no_alert");
        DeadLetterTests.discards(letter);
        becomesSilent("DeadLetter");
    }

    @Test
    void difference_in_the_ledger_fires() throws SQLException {
        isChecked();
        becomesSilent("LedgerDifference");
        inAccounting("update accounts set debits_cents = debits_cents + 1 where kind = 'CASH'");
        isChecked();
        fires("LedgerDifference", "LedgerDifference");
        inAccounting("update accounts set debits_cents = debits_cents - 1 where kind = 'CASH'");
        isChecked();
        becomesSilent("LedgerDifference");
    }

    /** The nightly check, now. */
    private static void isChecked() throws SQLException {
        var before = Books.accounting("select count(*)::text from ledger_checks");
        inAccounting("update scheduled_tasks set execution_time = now() where task_name = 'check-ledger'");
        new Eventually<>("the checks", () -> Books.accounting("select count(*)::text from ledger_checks"))
                .becomes("one more", checks -> !checks.equals(before));
    }

    /** A payout's email to a worker whom accounting does not know, two days after it was recorded. */
    @Test
    void email_that_was_given_up_fires() throws SQLException {
        becomesSilent("EmailGivenUp");
        inAccounting("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, next_attempt_at, since)
                values ('00000000-0000-0000-0000-00000000a1e7', gen_random_uuid(), '2001-01-01', 1, 0, 1, 0, now(),
                        now() - interval '2 days')
                """);
        fires("EmailGivenUp", "EmailGivenUp");
        inAccounting("delete from emails where fact_id = '00000000-0000-0000-0000-00000000a1e7'");
        becomesSilent("EmailGivenUp");
    }

    private static void inAccounting(String change) throws SQLException {
        try (var connection = ApplicationUnderTest.database("accounting");
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(change)).as(change).isEqualTo(1);
        }
    }

    private void fires(String alert, String label) {
        prometheus.firing().satisfies(firing -> assertThat(firing)
                .anyMatch(labels -> labels.contains('"' + alert + '"') && labels.contains('"' + label + '"')));
    }

    private void becomesSilent(String... alerts) {
        prometheus.firing().satisfies(firing -> assertThat(firing).noneMatch(labels -> isOneOf(alerts, labels)));
    }

    private static boolean isOneOf(String[] alerts, String labels) {
        return List.of(alerts).stream().anyMatch(alert -> labels.contains('"' + alert + '"'));
    }

    /** Without its threshold, a rule gives series; a server error has to happen first. */
    @Test
    void every_rule_reads_metrics_of_the_running_services() throws IOException {
        for (var rule : rules()) {
            var expression = rule.group(2).replaceFirst("^\\|", "");
            var withoutLabels = expression.replaceAll("by \\([^)]*\\)", "");
            new Eventually<>(rule.group(1), prometheus::metrics).satisfies(metrics -> assertThat(metrics)
                    .containsAll(METRIC.matcher(withoutLabels).results().map(MatchResult::group).toList()));
            var unlimited = expression.replaceAll(" (==|!=|>=|<=|<|>) [0-9.]+", "").replaceAll(" unless .*", "")
                    .replace("status=~\"5..\"", "status=~\"...\"");
            new Eventually<>(unlimited, () -> prometheus.query(unlimited))
                    .satisfies(series -> assertThat(series).isNotEmpty());
        }
    }

    @Test
    void every_alert_has_a_heading_in_the_runbook_and_every_heading_an_alert() throws IOException {
        var runbook = Files.readString(Prometheus.FILES.resolve("../../docs/runbook.md"));
        var headings = Pattern.compile("^### (\\w+)$", Pattern.MULTILINE).matcher(runbook).results()
                .map(heading -> heading.group(1)).toList();
        assertThat(headings).doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(rules().stream().map(rule -> rule.group(1)).toList());
        assertThat(Files.readString(Prometheus.FILES.resolve("alerts.yml"))).contains(headings.stream()
                .map(heading -> "runbook_url: docs/runbook.md#" + heading.toLowerCase(Locale.ROOT)).toList());
    }

    @Test
    void rules_pass_their_tests() throws Exception {
        Prometheus.tool("check", "rules", "alerts.yml");
        Prometheus.tool("test", "rules", "alerts.test.yml");
        assertThat(Set.copyOf(Pattern.compile("alertname=\"(\\w+)\"")
                .matcher(Files.readString(Prometheus.FILES.resolve("alerts.test.yml"))).results()
                .map(each -> each.group(1)).toList()))
                .containsExactlyInAnyOrderElementsOf(rules().stream().map(rule -> rule.group(1)).toList());
    }

    private static List<MatchResult> rules() throws IOException {
        return RULE.matcher(Files.readString(Prometheus.FILES.resolve("alerts.yml"))).results().toList();
    }
}
