package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.Company.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.localstack.DeadLetters;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A dead letter of one service holds up no other record, and is replayed once it can be applied, by {@code ./ates
 * dead-letters}.
 */
class DeadLetterTests {

    /** A right-to-left override, which would reverse the text behind it in a terminal. */
    private static final String TITLE = "Count the \u202eseeds";
    private static final String LETTER = "analytics\\.tasks-[0-9]+-[0-9]+";

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void dead_letter_is_listed_and_replayed_once() throws SQLException {
        inAnalytics("alter table tasks add constraint not_that_title check (title <> '" + TITLE + "')");
        var task = Company.task(TITLE);
        var listed = new Eventually<>("the list", () -> prints(0, DeadLetters::list)).becomes("has a letter",
                list -> list.matches("(?s).*" + LETTER + " +waiting +.*not_that_title.*"));
        var id = listed.lines().filter(line -> line.contains(" waiting ")).findFirst().orElseThrow().split(" ")[0];

        var printed = prints(0, letters -> letters.show(id));
        assertThat(printed).contains("Count the \\u202eseeds").doesNotContain("\u202e");
        var shown = Answer.JSON.readTree(printed);
        assertThat(shown.path("consumer").asString()).isEqualTo("analytics.tasks");
        assertThat(shown.path("event").path("title").asString()).isEqualTo(TITLE);
        assertThat(shown.path("key").asString()).isEqualTo(task.id().toString());
        assertThatThrownBy(() -> prints(0, letters -> letters.replay(id, false)))
                .isInstanceOf(DeadLetters.RefusedException.class).hasMessageContaining("It fails again")
                .hasMessageContaining("not_that_title");

        inAnalytics("alter table tasks drop constraint not_that_title");
        assertThat(prints(0, letters -> letters.replay(id, true))).isEqualTo(id + ": would be applied\n");
        assertThat(prints(0, letters -> letters.replayAll(Optional.empty(), true)))
                .contains(id + ": would be applied\n");
        assertThat(prints(0, letters -> letters.replayAll(Optional.of("analytics-service"), false)))
                .isEqualTo(id + ": applied\n");
        assertThat(prints(0, DeadLetters::list)).containsPattern(id + " +processed ");
        assertThatThrownBy(() -> prints(0, letters -> letters.replay(id, false)))
                .hasMessage("analytics-service refuses: The fact has been applied already");

        assertThatThrownBy(() -> prints(0, letters -> letters.discard(id)))
                .hasMessage("analytics-service refuses: The fact has been applied already");

        // The other services have had the task all the time, and now analytics has its title.
        company.hires(Company.Role.POPUG);
        assertThat(admin().assignsTasks()).isEqualTo(1);
        company.assigneeOf(task).completes(task);
        new Eventually<>("the title in analytics", () -> titleInAnalytics(task)).becomes(TITLE);
    }

    @Test
    void hopeless_dead_letter_is_discarded() throws SQLException {
        var id = analyticsCannotTake("Count the crumbs", "no_crumbs");
        assertThat(prints(0, letters -> letters.discard(id))).isEqualTo(id + ": discarded\n");
        inAnalytics("alter table tasks drop constraint no_crumbs");
        assertThat(prints(0, letters -> letters.replayAll(Optional.empty(), false))).isEmpty();
        assertThat(prints(0, DeadLetters::list)).containsPattern(id + " +discarded ");
    }

    @Test
    void unknown_dead_letter_is_refused_in_one_line() {
        for (var id : new String[]{"nonsense", "ates.tasks-0-0", "nest.tasks-0-0",
                "tasks.prices-0-123456789"}) {
            assertThatThrownBy(() -> prints(0, letters -> letters.replay(id, false)))
                    .isInstanceOf(DeadLetters.RefusedException.class).message().doesNotContain("\n").isNotBlank();
            assertThatThrownBy(() -> prints(0, letters -> letters.discard(id)))
                    .isInstanceOf(DeadLetters.RefusedException.class);
        }
    }

    /** The id of the dead letter of the Tasks.Created event with this title. */
    static String analyticsCannotTake(String title, String constraint) throws SQLException {
        inAnalytics("alter table tasks add constraint %s check (title <> '%s')".formatted(constraint, title));
        Company.task(title);
        var listed = new Eventually<>("the list", () -> prints(0, DeadLetters::list)).becomes("has a letter",
                list -> list.matches("(?s).*" + LETTER + " +waiting +.*" + constraint + ".*"));
        return listed.lines().filter(line -> line.contains(constraint)).findFirst().orElseThrow().split(" ")[0];
    }

    static void discards(String id) {
        assertThat(prints(0, letters -> letters.discard(id))).isEqualTo(id + ": discarded\n");
    }

    private static String prints(int code, ToIntFunction<DeadLetters> command) {
        var printed = new ByteArrayOutputStream();
        var letters = new DeadLetters(ApplicationUnderTest.ports(), admin()::token, new PrintStream(printed));
        assertThat(command.applyAsInt(letters)).isEqualTo(code);
        return printed.toString(StandardCharsets.UTF_8);
    }

    static void inAnalytics(String change) throws SQLException {
        try (var connection = ApplicationUnderTest.database("analytics");
                var statement = connection.createStatement()) {
            statement.execute(change);
        }
    }

    private static String titleInAnalytics(Task task) {
        try (var connection = ApplicationUnderTest.database("analytics");
                var query = connection.prepareStatement("select title from tasks where task_id = ?")) {
            query.setObject(1, task.id());
            try (var row = query.executeQuery()) {
                row.next();
                return Objects.requireNonNullElse(row.getString(1), "");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
