package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.Company.admin;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every page, and each control on it without effects, works for each role in each language. A day is closed here, so
 * these tests run last.
 */
@Order(Integer.MAX_VALUE)
class EveryPageTests {

    /** More windows would wait for the processors instead of the pages' delays. */
    private static final int AT_ONCE = 4;

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    private record Tour(String name, Person person, String language, Window window) {
    }

    @Test
    void every_control_of_every_page_works_for_every_role_in_every_language(TestReporter report) throws SQLException {
        var staff = company.hires(Role.POPUG, Role.MANAGER, Role.ACCOUNTANT);
        everythingHasHappened(staff.get(2));
        var letter = DeadLetterTests.analyticsCannotTake("Count the pages", "no_pages");
        DeadLetterTests.inAnalytics("alter table tasks drop constraint no_pages");
        company.writesInRussianTo(staff.get(0));
        var tours = new ArrayList<Tour>();
        Stream.concat(staff.stream(), Stream.of(admin())).forEach(person -> Stream.of("en", "ru")
                .forEach(language -> tours.add(new Tour(person.login(), person, language, browsers.opens()))));

        var crawls = new ArrayList<CompletableFuture<Crawl>>();
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            tours.forEach(tour -> crawls.add(CompletableFuture.supplyAsync(() -> crawl(tour), threads)));
        }
        int pages = 0;
        int controls = 0;
        var failures = new ArrayList<String>();
        for (int i = 0; i < tours.size(); i++) {
            var crawl = crawls.get(i).join();
            var name = tours.get(i).name() + " in " + tours.get(i).language();
            report.publishEntry(name, "%d pages, %d controls: %s".formatted(crawl.pages().size(), crawl.controls(),
                    crawl.pages()));
            pages += crawl.pages().size();
            controls += crawl.controls();
            crawl.failures().forEach(failure -> failures.add(name + ", " + failure));
            assertThat(crawl.pages()).as("pages that %s reaches", name).contains("TASKS/tasks/{id}", "AUTH/");
        }
        report.publishEntry("all", "%d pages, %d controls, %d failures".formatted(pages, controls, failures.size()));
        DeadLetterTests.discards(letter);
        assertThat(failures).isEmpty();
    }

    @Test
    void pages_without_a_session_work() {
        var crawls = Stream.of("en", "ru").map(language -> {
            var window = browsers.opens();
            window.looksAt(AUTH, "/login");
            window.speaks(language);
            return new Crawl(window).from(AUTH.address() + "/login", AUTH.address() + "/login?wrong");
        }).toList();
        assertThat(crawls).allSatisfy(crawl -> {
            assertThat(crawl.failures()).isEmpty();
            assertThat(crawl.controls()).isGreaterThan(5);
        });
    }

    private static Crawl crawl(Tour tour) {
        tour.window().looksAt(Service.TASKS, "/");
        tour.window().signsIn(tour.person());
        tour.window().speaks(tour.language());
        return new Crawl(tour.window()).from(Stream.of(Service.values())
                .filter(service -> service != Service.ANALYTICS || tour.person().equals(admin()))
                .map(service -> service.address() + "/").toArray(String[]::new));
    }

    /** Tasks in every state, transfers of every kind, a closed day and payouts, so that no page is empty. */
    private void everythingHasHappened(Person accountant) {
        List.of("Open the nuts", "Close the cage", "Clean the perch").forEach(Company::task);
        admin().assignsTasks();
        admin().looksAtTasks().stream().filter(task -> task.assigneeId() != null && !task.is(Task.Status.COMPLETED))
                .limit(2).forEach(task -> company.assigneeOf(task).completes(task));
        admin().creates("Not priced for long");
        if (daysThatAreClosed() == 0) {
            accountant.posts(ACCOUNTING, "/api/business-days/" + ClosingDaysTests.today(ACCOUNTING) + "/close").is(202);
            new Eventually<>("closed days", EveryPageTests::daysThatAreClosed).becomes(1L);
        }
    }

    private static long daysThatAreClosed() {
        return admin().gets(ACCOUNTING, "/api/business-days").is(200).json().path("items").valueStream()
                .filter(day -> day.path("status").asString().equals("CLOSED")).count();
    }
}
