package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Person.Line;
import com.uberpopug.ates.acceptance.Task.Status;
import com.uberpopug.ates.localstack.Token;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The company of one test: its workers are the only active ones, and its tasks the only open ones. Afterwards open
 * tasks are completed, the books are compared, and all workers are deactivated.
 */
final class Company implements AfterEachCallback {

    private static final Person ADMIN = new Person(new UUID(0, 0), ApplicationUnderTest.FIRST_ADMIN,
            ApplicationUnderTest.FIRST_ADMINS_PASSWORD);
    private static final AtomicInteger HIRED = new AtomicInteger();
    /** Workers of earlier tests with a balance below zero, and the tasks that they left. */
    private static final AtomicLong LEFT_IN_DEBT = new AtomicLong();
    /** The sum of corrections. */
    private static final AtomicLong CORRECTED = new AtomicLong();
    private static final Set<UUID> SETTLED = new HashSet<>();

    private final List<Person> staff = new CopyOnWriteArrayList<>();
    private final Set<Person> away = ConcurrentHashMap.newKeySet();
    private final Set<Person> erased = new HashSet<>();

    enum Role {
        POPUG, MANAGER, ACCOUNTANT, ADMIN;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static long dollars(long dollars) {
        return dollars * 100;
    }

    /** The first admin, present from the start. */
    static Person admin() {
        return ADMIN;
    }

    Person hires(Role role) {
        return hires(role, new Role[0]).getFirst();
    }

    /** Creates users, in this order, and returns when every service has them. */
    List<Person> hires(Role role, Role... more) {
        return Stream.concat(Stream.of(role), Stream.of(more)).parallel().map(this::hire).toList();
    }

    /** Creates a user with a name, unique over all tests. */
    Person hires(String name, Role role) {
        return hire(name.toLowerCase(Locale.ROOT), name, role);
    }

    private Person hire(Role role) {
        var login = role.wire() + "-" + HIRED.incrementAndGet();
        return hire(login, login, role);
    }

    private Person hire(String login, String name, Role role) {
        var created = ADMIN.posts(AUTH, "/api/users", """
                {"login": "%1$s", "display_name": "%2$s", "email": "%1$s@uberpopug.example", "role": "%3$s"}"""
                .formatted(login, name, role.wire())).is(201).json();
        var password = "curved, red, " + created.path("user_id").asString();
        FirstPasswordPage.at(URI.create(created.path("first_password_link").asString())).chooses(password).is(302);
        var person = new Person(UUID.fromString(created.path("user_id").asString()), login, password);
        // Whatever fails from here on, the person leaves with the others.
        staff.add(person);
        person.signsIn();
        isKnownEverywhere(person);
        return person;
    }

    /**
     * A service without the user takes the token's role, so access alone proves nothing. A refusal after a
     * deactivation, and access after an activation, prove that it has read the user's events.
     */
    private void isKnownEverywhere(Person person) {
        deactivates(person);
        isKeptOut(person);
        reinstates(person);
    }

    /** Returns when every service has the user. */
    void writesInRussianTo(Person person) {
        changes(person, "\"language\": \"ru\"");
        isKnownEverywhere(person);
    }

    /** Erases a user. */
    void erases(Person person) {
        erased.add(person);
        Person.sends(ADMIN.request(AUTH, "/api/users/" + person.id()).DELETE()).is(204);
    }

    void deactivates(Person person) {
        away.add(person);
        changes(person, "\"active\": false");
    }

    /** Returns when every service refuses the user. */
    static void isKeptOut(Person person) {
        Stream.of(TASKS, ACCOUNTING, ANALYTICS).forEach(service -> statusOf(person, service).becomes(403));
    }

    /** Returns when every service accepts the user again. */
    void reinstates(Person person) {
        changes(person, "\"active\": true");
        Stream.of(TASKS, ACCOUNTING, ANALYTICS).forEach(service -> statusOf(person, service).becomes(404));
        away.remove(person);
    }

    static void makes(Person person, Role role) {
        changes(person, "\"role\": \"" + role.wire() + "\"");
    }

    private static void changes(Person person, String change) {
        ADMIN.sends(AUTH, "PATCH", "/api/users/" + person.id(), "{" + change + "}").is(200);
    }

    /** The status of a request for something that does not exist: 404, or 403 without access. */
    private static Eventually<Integer> statusOf(Person person, Service service) {
        return new Eventually<>(person + " at " + service, () -> {
            try {
                return person.gets(service, "/api/nothing").status();
            } catch (Token.RefusedException e) {
                // The last token has expired, and there is no other without access.
                return 403;
            }
        });
    }

    /** A new task with its price. */
    static Task task(String title) {
        return priced(ADMIN.creates(title));
    }

    static Task priced(Task task) {
        return new Eventually<>("task " + task.title(), () -> ADMIN.looksAt(task)).becomes("priced",
                now -> !now.is(Status.NEW));
    }

    /** A task's current assignee. */
    Person assigneeOf(Task task) {
        return staffMember(ADMIN.looksAt(task).assigneeId()).orElseThrow(
                () -> new AssertionError(ADMIN.looksAt(task) + " is assigned to none of " + staff));
    }

    private Optional<Person> staffMember(@Nullable UUID id) {
        return staff().filter(person -> person.id().equals(id)).findFirst();
    }

    /** The active users. */
    private Stream<Person> staff() {
        return staff.stream().filter(person -> !erased.contains(person));
    }

    /** Corrects a fee or a reward, where the service allows it. */
    static Answer corrects(Person person, Line transfer, String reason) {
        var answer = person.posts(ACCOUNTING, "/api/corrections", """
                {"transfer_id": "%s", "reason": "%s"}""".formatted(transfer.id(), reason));
        if (answer.status() == 201) {
            wasCorrected(answer.json().path("change_cents").asLong());
        }
        return answer;
    }

    /** Notes the amount of a popug's correction. */
    static void wasCorrected(long changeCents) {
        CORRECTED.addAndGet(changeCents);
    }

    static Eventually<Long> balanceOf(Person person) {
        return new Eventually<>("the balance of " + person, () -> person.looksAtAccount().balanceCents());
    }

    /** The managers' earnings over all days, by this service. */
    static Eventually<Long> earnedByManagers(Service service) {
        return new Eventually<>("the managers' earnings, by " + service,
                () -> ADMIN.gets(service, "/api/earnings").is(200).json().path("days").values().stream()
                        .mapToLong(day -> day.path("earned_cents").asLong()).sum());
    }

    /** Fees of all assignments minus amounts of all completions. */
    static long feesMinusRewards(Collection<Task> tasks) {
        return tasks.stream().mapToLong(task -> task.feeCents() * task.assignmentNumber()
                - (task.is(Status.COMPLETED) ? task.amountCents() : 0)).sum();
    }

    static Eventually<Long> popugsBelowZero() {
        return new Eventually<>("the number of popugs below zero",
                () -> ADMIN.gets(ANALYTICS, "/api/negative-balances").is(200).json().path("now").asLong());
    }

    /** The expected number, by the audit logs. */
    long peopleInDebt() {
        return LEFT_IN_DEBT.get() + staff.stream().map(ADMIN::looksAtAuditLogOf)
                .filter(log -> !log.isEmpty() && log.getLast().balanceAfterCents() < 0).count();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        try {
            List.copyOf(away).forEach(this::reinstates);
            completeWhatIsOpen();
            checkTheBooks();
            LEFT_IN_DEBT.set(peopleInDebt());
        } finally {
            staff().forEach(this::deactivates);
            staff().forEach(person -> statusOf(person, TASKS).becomes(403));
        }
    }

    private void completeWhatIsOpen() {
        for (var open = openTasks(); !open.isEmpty(); open = openTasks()) {
            var waiting = new ArrayList<Task>();
            for (var task : open) {
                staffMember(task.assigneeId()).ifPresentOrElse(assignee -> assignee.completes(task),
                        () -> waiting.add(priced(task)));
            }
            if (!waiting.isEmpty()) {
                var pressed = ADMIN.triesToAssignTasks();
                if (pressed.status() == 409) {
                    hires(Role.POPUG);
                } else {
                    ADMIN.finished(pressed);
                }
            }
        }
    }

    private static List<Task> openTasks() {
        return ADMIN.looksAtTasks().stream().filter(task -> !task.is(Status.COMPLETED)).toList();
    }

    /**
     * Every assignment cost its fee and every completion paid its amount, once, and the managers got the difference.
     */
    private void checkTheBooks() {
        var all = ADMIN.looksAtTasks();
        var own = all.stream().filter(task -> SETTLED.add(task.id())).toList();
        long assignments = own.stream().mapToLong(Task::assignmentNumber).sum();
        new Eventually<>("fees and rewards in the audit logs",
                () -> staff.stream().flatMap(person -> ADMIN.looksAtAuditLogOf(person).stream()).map(Line::kind)
                        .toList())
                .satisfies(kinds -> {
                    assertThat(kinds).filteredOn("FEE"::equals).hasSize((int) assignments);
                    assertThat(kinds).filteredOn("REWARD"::equals).hasSize(own.size());
                });
        long earned = feesMinusRewards(all) - CORRECTED.get();
        earnedByManagers(ACCOUNTING).becomes(earned);
        earnedByManagers(ANALYTICS).becomes(earned);
    }
}
