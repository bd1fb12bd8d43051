package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.visible;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.earnedByManagers;
import static com.uberpopug.ates.acceptance.Window.LIVE;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Task.Status;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Takes the README's screenshots, of a small company in the middle of its day. With {@code -Dscreenshots=true} they
 * replace the README's; otherwise they go to the build directory, so that a build leaves the sources unchanged.
 */
@OfLocalStack
class ScreenshotsTests {

    private static final Path PICTURES = LocalStackFiles.repository()
            .resolve(Boolean.getBoolean("screenshots") ? "docs/screenshots" : "acceptance-tests/target/screenshots");
    private static final int MOST_BYTES = 150_000;
    private static final List<String> MORNING = List.of("Sort the feathers by colour",
            "Oil the perch on the third floor",
            "Find out who ate the release notes", "Order sunflower seeds for the kitchen",
            "Polish the bell at the entrance",
            "Count the pirates among our customers", "Teach the new intern to whistle");
    private static final List<String> NOON = List.of("Answer the letters about beaks",
            "Put a mirror into the meeting room", "Plan the moulting party", "Write down what broke on Friday",
            "Repaint the button in the green of the parrots");

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    @Test
    void screenshots_of_popugs_managers_and_admins() throws Exception {
        var manager = company.hires("Marta", Role.MANAGER);
        var director = company.hires("Olga", Role.ADMIN);
        var workers = Stream.of("Anna", "Boris", "Vera").map(name -> company.hires(name, Role.POPUG)).toList();
        company.writesInRussianTo(workers.getLast());
        long earnedBefore = earnedByManagers(ANALYTICS).now();
        work(MORNING, workers, manager);
        workers.forEach(this::completesOldest);
        completesOldest(workers.getFirst());
        work(NOON, workers, manager);
        workers.forEach(this::completesOldest);
        var own = admin().looksAtTasks().subList(0, MORNING.size() + NOON.size());
        earnedByManagers(ANALYTICS).becomes(earnedBefore + Company.feesMinusRewards(own));
        rememberEarlierDays();

        var busy = workers.subList(0, 2).stream().max(Comparator.comparing(worker -> worker.looksAtOwnTasks().size()))
                .orElseThrow();
        var window = browsers.of(busy);
        takes(window, "my-tasks");
        window.looksAt(ACCOUNTING, "/");
        takes(window, "my-account");

        window = browsers.of(manager);
        window.looksAt(TASKS, "/tasks");
        window.$("#assign-tasks").shouldBe(visible);
        takes(window, "all-tasks");
        var often = own.stream().filter(task -> task.is(Status.COMPLETED))
                .max(Comparator.comparing(Task::assignmentNumber)).orElseThrow();
        window.looksAt(TASKS, "/tasks/" + often.id());
        takes(window, "task");

        window = browsers.of(director);
        window.chooses("Dark");
        window.looksAt(ANALYTICS, "/");
        takes(window, "dashboard-dark", 1200, 960);

        window = browsers.of(workers.getLast());
        window.looksAt(ACCOUNTING, "/");
        takes(window, "phone-russian", 390, 800);
    }

    /** Tasks are created one after the other, and shuffled. */
    private void work(List<String> titles, List<Person> workers, Person manager) {
        for (int i = 0; i < titles.size(); i++) {
            Company.priced(workers.get(i % workers.size()).creates(titles.get(i)));
        }
        manager.assignsTasks();
    }

    private void completesOldest(Person worker) {
        worker.looksAtOwnTasks().reversed().stream().findFirst().ifPresent(worker::completes);
    }

    private static void takes(Window window, String name) throws IOException {
        takes(window, name, 1200, 800);
    }

    private static void takes(Window window, String name, int width, int height) throws IOException {
        window.isAsLargeAs(width, height);
        // A screenshot during a reload would show half a page.
        window.goesDeaf();
        window.doesNotSeeWithin(LIVE, "main time", "UTC");
        window.fitsItsWidth();
        var picture = window.picture();
        assertThat(picture.length).as("bytes of %s", name).isLessThan(MOST_BYTES);
        Files.createDirectories(PICTURES);
        Files.write(PICTURES.resolve(name + ".png"), picture);
    }

    /** The charts would be empty on a company's first day, so earlier days of the month are inserted. */
    private static void rememberEarlierDays() throws SQLException {
        execute("""
                insert into earnings (business_date, sequence, earned_cents)
                select current_date - day, 1, (900 + 700 * sin(day * 0.9) + 50 * day % 7)::bigint * 5
                  from generate_series(1, 29) as day on conflict do nothing;
                insert into below_zero_changes (business_date, workers)
                select current_date - day, change
                  from unnest(array[1, 1, 0, -1, 2, 0, -1, 1, 1, -2, 0, 1, -1, 1, 0, 2, -3, 1, 0, 1, -1, -1, 2, 0, -2, 1, 0,
                                    -1, -2])
                       with ordinality as made_up (change, place)
                 cross join lateral (select 30 - place::int as day) as days on conflict do nothing;
                """);
    }

    @AfterEach
    void forgetEarlierDays() throws SQLException {
        execute("""
                delete from earnings where business_date < current_date and sequence = 1;
                delete from below_zero_changes where business_date < current_date;
                """);
    }

    private static void execute(String sql) throws SQLException {
        try (var db = ApplicationUnderTest.database("analytics"); var statement = db.createStatement()) {
            statement.execute(sql);
        }
    }
}
