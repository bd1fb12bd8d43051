package com.uberpopug.ates.acceptance;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.localstack.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A signed-in person, with their commands and views. */
final class Person {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();
    /** Access tokens live five minutes. */
    private static final Duration TOKEN_IS_FRESH = Duration.ofMinutes(4);

    private final UUID id;
    private final String login;
    private final String password;
    private @Nullable String token;
    private Instant tokenFrom = Instant.MIN;

    Person(UUID id, String login, String password) {
        this.id = id;
        this.login = login;
        this.password = password;
        KnownSecrets.ofThisRun().note("a password", password);
    }

    /** A worker's balance, and today's change. */
    record Account(UUID userId, @Nullable String login, @Nullable String displayName, long balanceCents, Today today) {

        record Today(LocalDate businessDate, long rewardsCents, long feesCents) {
        }
    }

    /** A line of a worker's audit log. */
    record Line(UUID id, long place, String kind, long changeCents, long balanceAfterCents, LocalDate businessDate,
            Instant occurredAt, @Nullable UUID taskId, @Nullable String taskTitle, int assignmentNumber,
            @Nullable UUID correctsTransferId, @Nullable UUID correctedByTransferId,
            @Nullable String correctionReason) {
    }

    UUID id() {
        return id;
    }

    String login() {
        return login;
    }

    String password() {
        return password;
    }

    /** Signs in again, as in a browser; a refusal throws {@link Token.RefusedException}. */
    void signsIn() {
        signsInWith(password);
    }

    synchronized void signsInWith(String password) {
        KnownSecrets.ofThisRun().note("a password", password);
        token = new Token(Service.AUTH.address(), KnownSecrets.ofThisRun()::noteAll).of(login, password);
        tokenFrom = Instant.now();
    }

    /** One thread signs in, and the others wait: so many at once would be taken for guesses. */
    synchronized String token() {
        if (token == null || tokenFrom.plus(TOKEN_IS_FRESH).isBefore(Instant.now())) {
            signsIn();
        }
        return token;
    }

    Task creates(String title) {
        return creates(title, null);
    }

    Task creates(String title, @Nullable String description) {
        var wanted = Answer.JSON.createObjectNode().put("title", title).put("description", description);
        return posts(Service.TASKS, "/api/tasks", wanted.toString()).is(201).as(Task.class);
    }

    Task completes(Task task) {
        return triesToComplete(task).is(200).as(Task.class);
    }

    Answer triesToComplete(Task task) {
        return posts(Service.TASKS, "/api/tasks/" + task.id() + "/complete");
    }

    /** Starts a shuffle, waits for its end, and returns the number of assigned tasks. */
    long assignsTasks() {
        return finished(triesToAssignTasks());
    }

    Answer triesToAssignTasks() {
        return posts(Service.TASKS, "/api/shuffles?again=true");
    }

    long finished(Answer pressed) {
        var shuffle = pressed.is(202).header("Location");
        return new Eventually<>("the shuffle", () -> gets(Service.TASKS, shuffle).is(200).json())
                .becomes("finished", progress -> progress.path("status").asString().equals("FINISHED"))
                .path("tasks_done").asLong();
    }

    /** Reads a task of the dashboard. */
    Task looksAt(Task task) {
        return gets(Service.TASKS, "/api/tasks/" + task.id()).is(200).as(Task.class);
    }

    /** The dashboard, all pages of it. */
    List<Task> looksAtTasks() {
        return pages(Service.TASKS, "/api/tasks", Task.class);
    }

    List<Task> looksAtOwnTasks() {
        return pages(Service.TASKS, "/api/tasks/mine", Task.class);
    }

    Account looksAtAccount() {
        return gets(Service.ACCOUNTING, "/api/accounts/me").is(200).as(Account.class);
    }

    /** The audit log, oldest line first. */
    List<Line> looksAtAuditLog() {
        return pages(Service.ACCOUNTING, "/api/accounts/me/transfers", Line.class).reversed();
    }

    /** All accounts, for an accountant or an admin. */
    List<Account> looksAtAllAccounts() {
        return pages(Service.ACCOUNTING, "/api/accounts", Account.class);
    }

    /** A user's audit log, for an accountant or an admin; empty for a user without an account. */
    List<Line> looksAtAuditLogOf(Person worker) {
        var account = "/api/accounts/" + worker.id();
        return gets(Service.ACCOUNTING, account).status() == 404
                ? List.of()
                : pages(Service.ACCOUNTING, account + "/transfers", Line.class).reversed();
    }

    Answer gets(Service service, String path) {
        return sends(request(service, path).GET());
    }

    Answer posts(Service service, String path) {
        return sends(request(service, path).POST(BodyPublishers.noBody()));
    }

    Answer posts(Service service, String path, String json) {
        return sends(service, "POST", path, json);
    }

    Answer sends(Service service, String method, String path, String json) {
        return sends(request(service, path).header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(json)));
    }

    /** A request with this person's token. */
    HttpRequest.Builder request(Service service, String path) {
        return anonymously(service, path).header("Authorization", "Bearer " + token());
    }

    static HttpRequest.Builder anonymously(Service service, String path) {
        return HttpRequest.newBuilder(URI.create(service.address() + path)).timeout(Duration.ofSeconds(20));
    }

    static Answer sends(HttpRequest.Builder request) {
        try {
            return new Answer(HTTP.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private <T> List<T> pages(Service service, String path, Class<T> type) {
        var items = new ArrayList<T>();
        var after = "";
        do {
            var page = gets(service, path + "?limit=200" + after).is(200).json();
            page.path("items").forEach(item -> items.add(Answer.JSON.treeToValue(item, type)));
            after = page.path("next").isNull() ? "" : "&after=" + page.path("next").asString();
        } while (!after.isEmpty());
        return items;
    }

    @Override
    public String toString() {
        return login;
    }
}
