package com.uberpopug.ates.benchmarks;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the time of every page, with 100,000 tasks, 10,000 workers and 1,000,000 transfers stored and all parts on
 * this machine. Signed-in users request the pages of all services in turn, 20 a second, whatever the earlier requests
 * do. The time excludes scripts, styles and images, which browsers cache for a year.
 *
 * <p>The ceiling is the same service's stylesheet, requested in the same turn: no answer is cheaper.
 *
 * <p>Also counted are the SQL statements of a page, including the look-ups of session and viewer, and the bytes that a
 * browser with an empty cache loads: the page and all its resources. The ceilings of these are the project's own
 * limits.
 */
final class PagesBenchmark implements Benchmark {

    private static final int ROUNDS = 3;
    private static final int PER_SECOND = 20;
    private static final int WARM_UPS = 30;
    private static final int ROUND_SECONDS = 60;
    private static final int MOST_STATEMENTS = 10;
    private static final int MOST_BYTES = 250_000;
    /** Sessions of each user, because requests of one session wait for each other. */
    private static final int SESSIONS = 5;
    /** Repetitions of a count, because services run background work beside it. */
    private static final int COUNTED_TIMES = 5;
    /** The resources that a browser loads for a page, and its fragments that load at once. */
    private static final Pattern LOADED = Pattern.compile(
            "<(?:link|script|img)\\b[^>]*?\\s(?:href|src)=\"([^\"]+)\"|hx-get=\"([^\"]+)\" hx-trigger=\"load\"");
    private static final Pattern STYLESHEET = Pattern.compile("href=\"([^\"]*/shell/shell[^\"]*\\.css)\"");

    private final int divisor;

    /** @param divisor divides the stored data and the time of the measurement for a trial run */
    PagesBenchmark(int divisor) {
        this.divisor = divisor;
    }

    /** A page with its viewer. */
    private record Page(String name, List<Visitor> visitors, ServiceProcess service, String path) {

        String address() {
            return service.address() + path;
        }

        String database() {
            return service.name().replace("-service", "");
        }

        Visitor.Answer load() {
            return visitors.get(ThreadLocalRandom.current().nextInt(visitors.size())).get(address());
        }
    }

    @Override
    public void run(Figures figures) throws Exception {
        var stack = TaskExchange.start().stack();
        awaitDemo(stack);
        System.out.println("Storing a large company");
        var company = new CompanyRows(stack.postgres(), Math.max(10_000 / divisor, 100),
                Math.max(100_000 / divisor, 1_000), Math.max(1_000_000 / divisor, 10_000));
        company.store();
        var pages = pages(stack, company);
        measure(pages, figures);
        count(pages, stack, figures);
        weigh(pages, figures);
        new LiveStreams(stack).measure(ROUNDS, figures);
    }

    /** Waits for the demo's users in every service: their rows must not be taken by generated users. */
    private static void awaitDemo(LocalStack stack) throws SQLException, InterruptedException {
        for (var database : List.of("auth", "tasks", "accounting", "analytics")) {
            try (var rows = new Rows(stack.postgres(), database)) {
                while (rows.number("select count(*) from users") < 8) {
                    Thread.sleep(100);
                }
            }
        }
    }

    private static List<Page> pages(LocalStack stack, CompanyRows company) {
        var services = List.of(stack.tasks(), stack.accounting(), stack.analytics(), stack.auth());
        var anna = signedIn("anna", services);
        var manager = signedIn("manager", services);
        var accountant = signedIn("accountant", services);
        var admin = signedIn("admin", services);
        var pages = new ArrayList<Page>();
        var tasks = stack.tasks();
        pages.add(new Page("tasks_mine", anna, tasks, "/"));
        pages.add(new Page("tasks_all", manager, tasks, "/tasks"));
        pages.add(new Page("tasks_next_50", manager, tasks, next(manager, tasks, "/tasks")));
        pages.add(new Page("tasks_of_a_worker", manager, tasks, "/tasks?assignee=popug-00042&status=COMPLETED"));
        pages.add(new Page("tasks_with_a_word", anna, tasks, "/tasks?q=parrots"));
        pages.add(new Page("tasks_with_a_rare_word", anna, tasks, "/tasks?q=beak%2042"));
        pages.add(new Page("tasks_people", manager, tasks, "/people?assignee=popug-00"));
        pages.add(new Page("tasks_one", anna, tasks, "/tasks/" + company.busyTask()));
        pages.add(new Page("tasks_new", anna, tasks, "/tasks/new"));
        pages.add(new Page("tasks_shuffle", manager, tasks, "/shuffles"));
        pages.add(new Page("tasks_pipeline", admin, tasks, "/pipeline"));
        var accounting = stack.accounting();
        pages.add(new Page("accounting_mine", anna, accounting, "/"));
        pages.add(new Page("accounting_accounts", accountant, accounting, "/accounts"));
        pages.add(new Page("accounting_next_50", accountant, accounting, next(accountant, accounting, "/accounts")));
        pages.add(new Page("accounting_lowest", accountant, accounting, "/accounts?order=LOWEST_BALANCE"));
        pages.add(new Page("accounting_found", accountant, accounting, "/accounts?q=0042"));
        pages.add(new Page("accounting_account", accountant, accounting, "/accounts/" + CompanyRows.anna()));
        pages.add(new Page("accounting_transfer", anna, accounting, "/transfers/" + company.fee()));
        pages.add(new Page("accounting_correction", accountant, accounting, "/corrections/new?transfer="
                + company.fee()));
        pages.add(new Page("accounting_earnings", accountant, accounting, "/earnings"));
        pages.add(new Page("accounting_payouts", accountant, accounting, "/payouts"));
        pages.add(new Page("accounting_given_up", accountant, accounting, "/payouts?status=GIVEN_UP"));
        pages.add(new Page("accounting_business_days", accountant, accounting, "/business-days"));
        pages.add(new Page("accounting_ledger_check", accountant, accounting, "/ledger-check"));
        pages.add(new Page("accounting_pipeline", admin, accounting, "/pipeline"));
        var analytics = stack.analytics();
        pages.add(new Page("analytics_dashboard", admin, analytics, "/"));
        pages.add(new Page("analytics_a_year", admin, analytics, "/?from=2026-01-01&to=2026-12-31"));
        pages.add(new Page("analytics_of_a_day", admin, analytics, "/most-expensive"));
        pages.add(new Page("analytics_of_a_month", admin, analytics, "/most-expensive?period=MONTH"));
        pages.add(new Page("analytics_projections", admin, analytics, "/projections"));
        pages.add(new Page("analytics_pipeline", admin, analytics, "/pipeline"));
        var auth = stack.auth();
        pages.add(new Page("auth_sign_in", List.of(new Visitor()), auth, "/login"));
        pages.add(new Page("auth_profile", anna, auth, "/"));
        pages.add(new Page("auth_users", admin, auth, "/users"));
        pages.add(new Page("auth_users_found", admin, auth, "/users?q=0042"));
        pages.add(new Page("auth_user", admin, auth, "/users/" + CompanyRows.anna()));
        pages.add(new Page("auth_new_user", admin, auth, "/users/new"));
        pages.add(new Page("auth_pipeline", admin, auth, "/pipeline"));
        return pages;
    }

    /** Sessions of the same user. */
    private static List<Visitor> signedIn(String login, List<ServiceProcess> services) {
        var homes = services.stream().map(service -> service.address() + "/").toArray(String[]::new);
        return Stream.generate(Visitor::new).limit(SESSIONS)
                .map(visitor -> visitor.signsIn(login, "beak-" + login, homes[0], homes)).toList();
    }

    /** The target of the link at the end of a list. */
    private static String next(List<Visitor> visitors, ServiceProcess service, String path) {
        var link = Pattern.compile("href=\"([^\"]+[?&;]after=[^\"]+)\"").matcher(visitors.getFirst()
                .get(service.address() + path).text());
        if (!link.find()) {
            throw new IllegalStateException(path + " has no next page");
        }
        return unescaped(link.group(1));
    }

    private void measure(List<Page> pages, Figures figures) throws InterruptedException {
        var requested = new ArrayList<>(pages);
        pages.stream().filter(page -> page.path.equals("/")).map(PagesBenchmark::stylesheet).forEach(requested::add);
        System.out.printf("Requesting %d pages and stylesheets, %d a second%n", requested.size(), PER_SECOND);
        // One request after the other, because cold services would not keep up.
        for (int i = 0; i < Math.ceilDiv(WARM_UPS, divisor); i++) {
            requested.forEach(Page::load);
        }
        for (int round = 0; round < ROUNDS; round++) {
            var took = request(requested, ROUND_SECONDS);
            for (var page : pages) {
                figures.add(page.name + "_p95", "ms", requireNonNull(took.get(page.name)).millis(95),
                        requireNonNull(took.get(page.service.name())).millis(95));
            }
        }
    }

    /** Named after its service, so that pages find it. */
    private static Page stylesheet(Page page) {
        var link = STYLESHEET.matcher(page.load().text());
        if (!link.find()) {
            throw new IllegalStateException(page.path + " has no stylesheet");
        }
        return new Page(page.service.name(), page.visitors, page.service, link.group(1));
    }

    private Map<String, Latencies> request(List<Page> pages, int seconds) throws InterruptedException {
        // Pages and stylesheets are requested equally often.
        int steps = Math.ceilDiv(Math.max(seconds * PER_SECOND / divisor, 2 * pages.size()), pages.size())
                * pages.size();
        var took = new ConcurrentHashMap<String, Queue<Long>>();
        pages.forEach(page -> took.put(page.name, new ConcurrentLinkedQueue<>()));
        var failures = new ConcurrentLinkedQueue<RuntimeException>();
        OpenLoop.run(PER_SECOND, steps, i -> {
            var page = pages.get(i % pages.size());
            long begun = System.nanoTime();
            try {
                page.load();
                requireNonNull(took.get(page.name)).add(System.nanoTime() - begun);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        });
        while (failures.isEmpty() && took.values().stream().mapToInt(Queue::size).sum() < steps) {
            Thread.sleep(10);
        }
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        var latencies = new ConcurrentHashMap<String, Latencies>();
        took.forEach((name, nanos) -> latencies.put(name,
                new Latencies(nanos.stream().mapToLong(Long::longValue).toArray())));
        return latencies;
    }

    private static void count(List<Page> pages, LocalStack stack, Figures figures) throws Exception {
        try (var log = new StatementLog(stack.postgres())) {
            for (var page : pages) {
                var counts = new ArrayList<Double>();
                for (int i = 0; i < COUNTED_TIMES; i++) {
                    var statements = log.during(page.database(), page::load);
                    counts.add((double) statements.size());
                    if (i == 0 && statements.size() > MOST_STATEMENTS) {
                        statements.forEach(sql -> System.out.println("    " + sql.replaceAll("\\s+", " ")));
                    }
                }
                figures.add(page.name + "_statements", "statements", Figures.median(counts), MOST_STATEMENTS);
            }
        }
    }

    private static void weigh(List<Page> pages, Figures figures) {
        for (var page : pages) {
            var answer = page.load();
            var links = LOADED.matcher(answer.text()).results()
                    .flatMap(link -> Stream.of(link.group(1), link.group(2))).filter(link -> link != null).distinct();
            figures.add(page.name + "_bytes", "bytes",
                    answer.sent().length + links.mapToInt(link -> page.visitors.getFirst()
                            .get(page.service.address() + unescaped(link)).sent().length).sum(),
                    MOST_BYTES);
        }
    }

    private static String unescaped(String attribute) {
        return attribute.replace("&amp;", "&");
    }
}
