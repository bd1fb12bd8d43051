package com.uberpopug.ates.accounting.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Statements while the database fails; in a context of its own, because its transfers would disturb other tests. */
@ServiceTest(database = "accounting", kafka = false, properties = {
        "ates.price-secret=a secret of the tests, long enough", "ates.close-delay=36500d"})
class StatementTests {

    private final UUID anna = Ids.next();

    @LocalServerPort
    private int port;
    @Autowired
    private Ledger ledger;
    @Autowired
    private JdbcClient db;
    @Autowired
    private TransactionTemplate transaction;

    @Test
    void failed_statement_is_a_problem() throws Exception {
        post(fee());
        var answer = new CompletableFuture<HttpResponse<InputStream>>();
        whileTasksAreLocked(() -> {
            requestStatement().thenAccept(answer::complete);
            breakConnectionThatWaits();
        });
        assertThat(answer.get().statusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE.value());
        assertThat(answer.get().headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void interrupted_statement_is_recognisably_incomplete() throws Exception {
        for (int batch = 0; batch < 30; batch++) {
            post(IntStream.range(0, 1_000).mapToObj(_ -> fee()).toArray(Posting[]::new));
        }
        var answer = requestStatement().get();
        assertThat(answer.statusCode()).isEqualTo(200);
        var read = new CompletableFuture<byte[]>();
        whileTasksAreLocked(() -> {
            read.completeAsync(() -> readAll(answer.body()));
            breakConnectionThatWaits();
        });
        assertThatThrownBy(read::get).hasRootCauseInstanceOf(EOFException.class);
    }

    private CompletableFuture<HttpResponse<InputStream>> requestStatement() {
        return HttpClient.newHttpClient().sendAsync(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/accounts/me/statement"))
                        .header("Authorization", "Bearer " + Tokens.of(anna, Role.POPUG)).build(),
                BodyHandlers.ofInputStream());
    }

    /** Statements name the tasks. */
    private void whileTasksAreLocked(Runnable action) {
        transaction.executeWithoutResult(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            db.sql("lock table tasks in access exclusive mode").update();
            action.run();
        });
    }

    private void breakConnectionThatWaits() {
        await().atMost(Duration.ofSeconds(20)).until(() -> db.sql("""
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock' and query like '%worker_log line%'
                """).query(Integer.class).single() == 1);
    }

    private static byte[] readAll(InputStream body) {
        try {
            return body.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void post(Posting... postings) {
        transaction.executeWithoutResult(_ -> ledger.post(List.of(postings)));
    }

    private Posting fee() {
        var task = Ids.next();
        var now = Instant.now();
        return new Posting(Kind.FEE, anna, 1_000, task, 1, now, new Received(Ids.next(), task.toString(), 1, now, null,
                "the event"));
    }
}
