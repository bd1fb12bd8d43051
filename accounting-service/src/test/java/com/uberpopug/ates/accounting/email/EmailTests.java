package com.uberpopug.ates.accounting.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.security.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.subethamail.smtp.helper.SimpleMessageListener;
import org.subethamail.smtp.server.SMTPServer;

/** Emails with a mail server that is away at first and refuses some addresses. */
@AutoConfigureMockMvc
@ServiceTest(database = "accounting", properties = {"ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d"})
class EmailTests {

    private static final int PORT = Ports.free();

    @Autowired
    private JdbcClient db;
    @Autowired
    private Events events;
    @Autowired
    private MockMvcTester http;
    @Autowired
    private MeterRegistry meters;

    private final Mailboxes mailboxes = new Mailboxes();
    private final UUID anna = Ids.next();
    private final String accountant = bearer(Role.ACCOUNTANT);
    private @Nullable SMTPServer server;

    @DynamicPropertySource
    static void mailServer(DynamicPropertyRegistry properties) {
        properties.add("spring.mail.port", () -> PORT);
    }

    /** Accepts mail for every address that does not begin with "gone". */
    private static final class Mailboxes implements SimpleMessageListener {
        private final List<String> mails = new CopyOnWriteArrayList<>();

        @Override
        public boolean accept(String sender, String recipient) {
            return !recipient.startsWith("gone");
        }

        @Override
        public void deliver(String sender, String recipient, InputStream mail) throws IOException {
            mails.add(recipient + "\n" + new String(mail.readAllBytes(), StandardCharsets.UTF_8));
        }

        List<String> of(String recipient) {
            return mails.stream().filter(mail -> mail.startsWith(recipient + "\n")).toList();
        }
    }

    @AfterEach
    void stop() {
        db.sql("delete from emails").update();
        if (server != null) {
            server.stop();
        }
    }

    @Test
    void emails_wait_for_the_mail_server_and_are_sent_once() {
        heard(anna, "anna@uberpopug.example", 1);
        var payouts = List.of(paid(anna), paid(anna), paid(anna));
        payouts.forEach(id -> await().untilAsserted(() -> assertThat(ask("/api/emails/" + id)).bodyJson()
                .extractingPath("last_error").asString().contains("Couldn't connect to host")));

        await().untilAsserted(() -> {
            assertThat(meters.get("ates.emails.waiting").gauge().value()).isEqualTo(3);
            assertThat(meters.get("ates.emails.oldest.age").gauge().value()).isPositive();
        });

        startServer();
        anHourPasses();

        payouts.forEach(id -> awaitStatus(id, "SENT"));
        assertThat(mailboxes.of("anna@uberpopug.example")).hasSize(3);
        payouts.forEach(id -> assertThat(mailboxes.mails).filteredOn(mail -> mail.contains("<" + id + "@ates>"))
                .hasSize(1));
    }

    @Test
    void email_with_a_refused_address_is_listed_and_retried_by_hand() {
        startServer();
        heard(anna, "gone@uberpopug.example", 1);
        var id = paid(anna);
        awaitStatus(id, "GIVEN_UP");
        assertThat(ask("/api/emails?status=GIVEN_UP")).bodyJson().extractingPath("items[*].id").asArray()
                .containsExactly(id.toString());
        await().untilAsserted(
                () -> assertThat(meters.get("ates.emails.given.up").gauge().value()).isEqualTo(1));

        heard(anna, "back@uberpopug.example", 2);
        assertThat(retry(id)).hasStatus(HttpStatus.ACCEPTED).hasHeader("Location", "/api/emails/" + id);

        awaitStatus(id, "SENT");
        assertThat(mailboxes.of("back@uberpopug.example")).hasSize(1);
        assertThat(retry(id)).hasStatus(HttpStatus.CONFLICT);
        assertThat(ask("/api/emails?status=GIVEN_UP")).bodyJson().extractingPath("items").asArray().isEmpty();
        await().untilAsserted(() -> assertThat(meters.get("ates.emails.given.up").gauge().value()).isZero());
    }

    @Test
    void erasure_deletes_server_errors_about_the_worker() {
        startServer();
        heard(anna, "gone@uberpopug.example", 1);
        var id = paid(anna);
        awaitStatus(id, "GIVEN_UP");
        assertThat(ask("/api/emails/" + id)).bodyJson().extractingPath("last_error").asString()
                .contains("gone@uberpopug.example");
        events.send(List.of(new ProducerRecord<>(Topics.USERS, anna.toString(), null)));
        await().untilAsserted(
                () -> assertThat(ask("/api/emails/" + id)).bodyJson().extractingPath("last_error").isNull());
    }

    @Test
    void all_given_up_emails_are_retried_by_one_request() {
        startServer();
        heard(anna, "gone@uberpopug.example", 1);
        var all = List.of(paid(anna), paid(anna), paid(anna));
        all.forEach(id -> awaitStatus(id, "GIVEN_UP"));
        heard(anna, "back@uberpopug.example", 2);

        assertThat(retryAll(Role.POPUG, "", "denied")).hasStatus(HttpStatus.FORBIDDEN);
        assertThat(retryAll(Role.ACCOUNTANT, "?business_date=today", "bad")).hasStatus(HttpStatus.BAD_REQUEST);
        assertThat(retryAll(Role.ACCOUNTANT, "?business_date=2020-01-01", "other")).hasStatus(HttpStatus.ACCEPTED)
                .bodyJson().extractingPath("emails").isEqualTo(0);
        assertThat(retryAll(Role.ACCOUNTANT, "", "once")).hasStatus(HttpStatus.ACCEPTED).bodyJson()
                .extractingPath("emails").isEqualTo(3);

        all.forEach(id -> awaitStatus(id, "SENT"));
        assertThat(mailboxes.of("back@uberpopug.example")).hasSize(3);
        assertThat(retryAll(Role.ACCOUNTANT, "", "once")).bodyJson().extractingPath("emails").isEqualTo(3);
        assertThat(retryAll(Role.ACCOUNTANT, "", "again")).bodyJson().extractingPath("emails").isEqualTo(0);
    }

    @Test
    void server_has_ten_minutes_for_each_reply(@Autowired Environment environment) {
        var timeout = Duration
                .ofMillis(environment.getRequiredProperty("spring.mail.properties.mail.smtp.timeout", Long.class));
        assertThat(timeout).isGreaterThanOrEqualTo(Duration.ofMinutes(10));
        assertThat(SendEmails.LEASE).isGreaterThan(timeout.multipliedBy(9));
    }

    @Test
    void email_of_a_worker_without_an_address_is_given_up() {
        heard(anna, null, 1);
        var id = paid(anna);
        awaitStatus(id, "GIVEN_UP");
        assertThat(ask("/api/emails/" + id)).bodyJson().extractingPath("last_error")
                .isEqualTo("The worker has no address");
    }

    @Test
    void emails_are_listed_page_by_page() {
        startServer();
        heard(anna, "anna@uberpopug.example", 1);
        var all = List.of(paid(anna), paid(anna), paid(anna)).stream().map(UUID::toString).toList();
        var seen = new ArrayList<String>();
        var next = "";
        do {
            String page = body(ask("/api/emails?limit=2" + next));
            seen.addAll(JsonPath.<List<String>>read(page, "$.items[*].id"));
            next = JsonPath.read(page, "$.next") == null ? null : "&after=" + JsonPath.read(page, "$.next");
        } while (next != null);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
    }

    @ParameterizedTest
    @CsvSource({"POPUG, 403", "MANAGER, 403", "ACCOUNTANT, 200", "ADMIN, 200"})
    void only_accountants_and_admins_see_emails(Role role, int status) {
        assertThat(http.get().uri("/api/emails").header("Authorization", bearer(role))).hasStatus(status);
    }

    @Test
    void unknown_or_invalid_email_is_refused() {
        assertThat(ask("/api/emails/" + Ids.next())).hasStatus(HttpStatus.NOT_FOUND);
        assertThat(retry(Ids.next())).hasStatus(HttpStatus.NOT_FOUND);
        assertThat(ask("/api/emails?status=LOST")).hasStatus(HttpStatus.BAD_REQUEST);
        assertThat(ask("/api/emails?after=nowhere")).hasStatus(HttpStatus.BAD_REQUEST);
        assertThat(ask("/api/emails?after=" + Cursor.of("+999999999-12-31", Ids.next()).encoded()))
                .hasStatus(HttpStatus.BAD_REQUEST);
    }

    private void startServer() {
        server = SMTPServer.port(PORT).bindAddress(InetAddress.getLoopbackAddress()).simpleMessageListener(mailboxes)
                .build();
        server.start();
    }

    private void heard(UUID worker, @Nullable String address, long sequence) {
        events.send(Fact.of(Ids.next(), worker, sequence, Instant.now(),
                new UserCreated(worker, "anna", "Anna", address, "en", "popug", true, Instant.EPOCH)));
        await().until(() -> db.sql("select count(*) from users where id = ? and sequence = ?").params(worker, sequence)
                .query(Long.class).single() == 1);
    }

    /** Records an email, as the close of a day does. */
    private UUID paid(UUID worker) {
        var id = Ids.next();
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, next_attempt_at)
                values (?, ?, current_date, 1000, 2000, 3000, 0, now())
                """).params(id, worker).update();
        return id;
    }

    private void anHourPasses() {
        db.sql("update emails set next_attempt_at = next_attempt_at - interval '1 hour'").update();
    }

    private void awaitStatus(UUID id, String status) {
        await().untilAsserted(
                () -> assertThat(ask("/api/emails/" + id)).bodyJson().extractingPath("status").isEqualTo(status));
    }

    private MvcTestResult ask(String uri) {
        return http.get().uri(uri).header("Authorization", bearer(Role.ACCOUNTANT)).exchange();
    }

    private MvcTestResult retry(UUID id) {
        return http.post().uri("/api/emails/" + id + "/retry").header("Authorization", bearer(Role.ACCOUNTANT))
                .exchange();
    }

    private MvcTestResult retryAll(Role role, String query, String key) {
        return http.post().uri("/api/emails/retry" + query).header("Authorization", role == Role.ACCOUNTANT
                ? accountant
                : bearer(role)).header("Idempotency-Key", key).exchange();
    }

    private static String bearer(Role role) {
        return "Bearer " + Tokens.of(Ids.next(), role);
    }

    private static String body(MvcTestResult answer) {
        try {
            return answer.getResponse().getContentAsString();
        } catch (UnsupportedEncodingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
