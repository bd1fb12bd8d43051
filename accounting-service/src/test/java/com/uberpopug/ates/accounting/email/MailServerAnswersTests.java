package com.uberpopug.ates.accounting.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.EmailAddress;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** Emails by the replies of the mail server, and by their absence. */
@ServiceTest(database = "accounting", kafka = false, properties = {
        "ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d", "db-scheduler.enabled=false", "spring.mail.properties.mail.smtp.timeout=5000"})
@Import(SettableClock.Setting.class)
class MailServerAnswersTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static final int PORT = Ports.free();

    private final UUID anna = Ids.next();

    private @Nullable ScriptedMailServer running;

    @Autowired
    private SendEmails sendEmails;
    @Autowired
    private Emails emails;
    @Autowired
    private SettableClock clock;
    @Autowired
    private TransactionTemplate transaction;
    @Autowired
    private JdbcClient db;

    @DynamicPropertySource
    static void mailServer(DynamicPropertyRegistry properties) {
        properties.add("spring.mail.port", () -> PORT);
    }

    @BeforeEach
    void noon() {
        clock.set(NOON);
        known(anna, "anna@uberpopug.example", "en");
    }

    @AfterEach
    void stop() {
        db.sql("delete from emails").update();
        db.sql("delete from users").update();
        if (running != null) {
            running.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "en | You were paid $12.34 for 22 November 2026 | Hello Anna | carried over:−$1.00 | rewards:$1,033.34 | fees:−$1,020.00 | Later ones count towards your next payout",
            "ru | Вам выплачено $12.34 за 22 ноября 2026 | Здравствуйте, Anna | перенесено:−$1.00 | награды:$1,033.34 | списания:−$1,020.00 | войдут в следующую выплату"})
    void email_states_day_payout_and_its_parts_in_the_workers_language(String language,
            String subject, String greeting, String carriedOver, String rewards, String fees, String outlook)
            throws MessagingException, IOException {
        db.sql("update users set language = ?").param(language).update();
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, next_attempt_at, since)
                values (?, ?, '2026-11-22', 1234, 102000, 103334, -100, ?, ?)
                """).params(Ids.next(), anna, Timestamp.from(NOON), Timestamp.from(NOON)).update();
        var server = server();
        sendDue();

        var mail = new MimeMessage(null,
                new ByteArrayInputStream(server.mails().getFirst().getBytes(StandardCharsets.UTF_8)));
        var text = (String) mail.getContent();
        assertThat(mail.getSubject()).isEqualTo(subject);
        assertThat(text).contains(greeting, "$12.34", outlook).contains(subject.substring(subject.indexOf("22 ")));
        assertThat(lines(text)).containsAll(List.of(carriedOver, rewards, fees));
    }

    @Test
    void mail_has_headers_for_auto_submission_and_language() throws MessagingException {
        paid(anna);
        var server = server();
        sendDue();
        var mail = new MimeMessage(null,
                new ByteArrayInputStream(server.mails().getFirst().getBytes(StandardCharsets.UTF_8)));
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getHeader("X-Auto-Response-Suppress")).containsExactly("All");
        assertThat(mail.getContentLanguage()).containsExactly("en");
        assertThat(List.of("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"))
                .allSatisfy(name -> assertThat(mail.getHeader(name)).as(name).hasSize(1));
    }

    /** Addresses that an earlier rule accepted. */
    @ParameterizedTest
    @ValueSource(strings = {"a..b@example.org", ".a@example.org", "a.@example.org", "..@example.org", "a@-example.org",
            "a@example-.org", "a@localhost", "a@example.1", "йод@example.org", "a@пример.рф", "", "nobody"})
    void invalid_address_is_given_up_at_once_and_later_emails_are_sent(String address) {
        db.sql("update users set email = ? where id = ?").params(address, anna).update();
        var bad = paid(anna);
        var boris = Ids.next();
        known(boris, "boris@uberpopug.example", "en");
        var good = paid(boris);
        var server = server();
        sendDue();
        assertThat(row(bad)).containsEntry("status", "GIVEN_UP").containsEntry("attempts", 1)
                .extractingByKey("last_error").asString().contains("must be an email address");
        assertThat(row(good)).containsEntry("status", "SENT");
        assertThat(server.recipients()).containsExactly("boris@uberpopug.example");
    }

    /** Addresses of valid, invalid, long and short parts: some are accepted, most are refused. */
    @Test
    void each_accepted_address_gets_its_mail() throws MessagingException {
        var random = new Random(15);
        var locals = List.of("a", "Z9", "anna", "b2", "o'hara", "-", "+tag", "!#$%&'*/=?^_`{|}~", "x".repeat(31),
                "x".repeat(63), ".", ".", "..", "\"", " ", "é", "(c)", "\\", "<");
        var domains = List.of("example", "org", "x", "b2", "A-B", "xn--e1afmkfd", "y".repeat(63), ".", ".", ".", ".",
                "-", "1", "_", "é", "y".repeat(64), "[1.2.3.4]");
        var taken = new LinkedHashSet<String>();
        for (int i = 0; i < 700_000; i++) {
            var address = pieces(random, locals) + "@" + pieces(random, domains);
            if (EmailAddress.Validator.isAddress(address)) {
                new InternetAddress(address, true).validate();
                assertThat(new InternetAddress(address).getAddress()).isEqualTo(address);
                taken.add(address);
            }
        }
        assertThat(taken).hasSizeGreaterThan(1_000);
        var sent = taken.stream().limit(500).toList();
        sent.forEach(address -> {
            var worker = Ids.next();
            known(worker, address, "en");
            paid(worker);
        });
        var server = server();
        sendDue();
        assertThat(server.recipients()).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(db.sql("select distinct status from emails").query(String.class).list()).containsExactly("SENT");
    }

    private static String pieces(Random random, List<String> pieces) {
        return random.ints(1 + random.nextInt(5), 0, pieces.size()).mapToObj(pieces::get).collect(Collectors.joining());
    }

    @Test
    void greylisted_email_is_retried_soon() {
        var id = paid(anna);
        var server = server().answers("RCPT", "451 4.7.1 greylisted, come again");
        sendDue();
        assertThat(row(id)).containsEntry("status", "PENDING").containsEntry("next", NOON.plusSeconds(5));
        assertThat(server.mails()).isEmpty();

        after(Duration.ofSeconds(5));
        sendDue();
        assertThat(row(id)).containsEntry("status", "SENT").containsEntry("last_error", null);
        assertThat(server.mails()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"550 no such user", "551 user not local", "553 mailbox name not allowed",
            "550 5.1.1 unknown", "550 5.2.1 mailbox disabled", "501 5.1.3 bad destination"})
    void address_refused_for_good_is_given_up_at_once(String reply) {
        var id = paid(anna);
        server().answers("RCPT", reply);
        sendDue();
        assertThat(row(id)).containsEntry("status", "GIVEN_UP").containsEntry("attempts", 1)
                .extractingByKey("last_error").asString().contains(reply);
    }

    @ParameterizedTest
    @CsvSource({"MAIL, 550 5.7.1 sender refused", "MAIL, 554 no", "RCPT, 554 5.7.1 relaying denied",
            "RCPT, 550 5.1.8 bad sender domain",
            "RCPT, 550 5.7.1 blocked by policy", "RCPT, 552 5.2.2 mailbox full", "DATA, 554 no valid recipients",
            "., 554 5.7.1 looks like spam", "., 550 rejected"})
    void mail_refused_for_good_is_tried_three_times_an_hour_apart(String command, String reply) {
        var id = paid(anna);
        server().answers(command, reply, reply, reply);
        for (int attempt = 1; attempt < SendEmails.MOST_SETBACKS; attempt++) {
            sendDue();
            assertThat(row(id)).containsEntry("status", "PENDING").containsEntry("attempts", attempt)
                    .containsEntry("next", clock.instant().plus(SendEmails.PAUSE_AFTER_SETBACK));
            after(SendEmails.PAUSE_AFTER_SETBACK);
        }
        sendDue();
        assertThat(row(id)).containsEntry("status", "GIVEN_UP").extractingByKey("last_error").asString()
                .contains(reply);
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptedMailServer.HANGS_UP, ScriptedMailServer.SAYS_NOTHING})
    void unconfirmed_mail_is_sent_at_most_three_times(String reply) {
        var id = paid(anna);
        var server = server().answers(".", reply, reply, reply);
        for (int attempt = 1; attempt < SendEmails.MOST_SETBACKS; attempt++) {
            sendDue();
            assertThat(row(id)).containsEntry("status", "PENDING")
                    .containsEntry("next", clock.instant().plus(SendEmails.PAUSE_AFTER_SETBACK));
            after(SendEmails.PAUSE_AFTER_SETBACK);
        }
        sendDue();
        assertThat(row(id)).containsEntry("status", "GIVEN_UP").extractingByKey("last_error").asString()
                .startsWith("The mail may have arrived");
        assertThat(server.mails()).hasSize(3).allSatisfy(mail -> assertThat(mail).contains("<" + id + "@ates>"));
    }

    @Test
    void server_silent_before_the_whole_mail_delays_that_mail_only() {
        var first = paid(anna);
        paid(anna);
        var server = server().answers("HELLO", ScriptedMailServer.SAYS_NOTHING);
        sendDue();
        assertThat(db.sql("select sum(attempts) from emails").query(Integer.class).single()).isEqualTo(1);
        sendDue();
        assertThat(server.mails()).hasSize(1);
        after(Duration.ofSeconds(5));
        sendDue();
        assertThat(row(first)).containsEntry("status", "SENT");
        assertThat(server.mails()).hasSize(2);
    }

    @Test
    void one_email_is_taken_at_a_time_whatever_the_plan() {
        IntStream.range(0, 3).forEach(_ -> paid(anna));
        transaction.executeWithoutResult(status -> {
            for (var node : List.of("hashjoin", "mergejoin", "hashagg", "sort", "indexscan", "bitmapscan",
                    "material")) {
                db.sql("set local enable_" + node + " = off").update();
                assertThat(emails.take(NOON, SendEmails.LEASE)).as("without " + node).isPresent();
                db.sql("update emails set next_attempt_at = ?").param(Timestamp.from(NOON)).update();
            }
            status.setRollbackOnly();
        });
    }

    @Test
    void several_mails_share_a_connection() {
        IntStream.range(0, 250).forEach(_ -> paid(anna));
        var server = server();
        sendDue();
        assertThat(server.mails()).hasSize(250);
        assertThat(server.connections()).isEqualTo(3);
    }

    @Test
    void mail_sent_again_after_a_crash_keeps_its_message_id() {
        var id = paid(anna);
        var server = server();
        // Rolled back: for the database, the sender died just before it marked the mail as sent.
        assertThatThrownBy(() -> sendAndDie()).isInstanceOf(IllegalStateException.class);
        db.sql("update emails set next_attempt_at = ?, attempts = 1")
                .param(Timestamp.from(NOON.plus(SendEmails.LEASE))).update();
        after(SendEmails.LEASE.minusSeconds(1));
        sendDue();
        assertThat(server.mails()).as("while the sender may be alive").hasSize(1);
        after(Duration.ofSeconds(1));
        sendDue();
        assertThat(row(id)).containsEntry("status", "SENT");
        assertThat(server.mails()).hasSize(2).allSatisfy(mail -> assertThat(mail).contains("<" + id + "@ates>"));
    }

    private void sendAndDie() {
        transaction.executeWithoutResult(_ -> {
            sendDue();
            throw new IllegalStateException("The sender died");
        });
    }

    @Test
    void email_of_an_unknown_worker_waits_for_a_day() {
        var stranger = Ids.next();
        var id = paid(stranger);
        var server = server();
        sendDue();
        assertThat(row(id)).containsEntry("status", "PENDING").containsEntry("attempts", 0)
                .containsEntry("next", NOON.plus(SendEmails.PAUSE_WITH_UNKNOWN_WORKER));
        after(SendEmails.PATIENCE_WITH_UNKNOWN_WORKER.plusSeconds(1));
        sendDue();
        assertThat(row(id)).containsEntry("status", "GIVEN_UP").containsEntry("last_error",
                "The worker was unknown for a day");

        known(stranger, "boris@uberpopug.example", "en");
        assertThat(emails.retryAll(LocalDate.of(2026, 11, 21), clock.instant())).isZero();
        assertThat(emails.retryAll(LocalDate.of(2026, 11, 22), clock.instant())).isEqualTo(1);
        sendDue();
        assertThat(row(id)).containsEntry("status", "SENT");
        assertThat(server.mails()).hasSize(1);
    }

    @Test
    void email_is_given_up_after_three_days_of_refusals() {
        var id = paid(anna);
        var server = server();
        while (clock.instant().isBefore(NOON.plus(SendEmails.PATIENCE))) {
            assertThat(row(id)).containsEntry("status", "PENDING");
            server.answers("MAIL", "451 not now");
            sendDue();
            after(SendEmails.LONGEST_PAUSE);
        }
        server.answers("MAIL", "451 not now", "451 not now");
        sendDue();
        after(SendEmails.LONGEST_PAUSE);
        sendDue();
        assertThat(row(id)).containsEntry("status", "GIVEN_UP");
    }

    @Test
    void server_error_about_an_erased_worker_is_not_stored() {
        var id = paid(anna);
        var taken = emails.take(NOON, SendEmails.LEASE).orElseThrow();
        db.sql("update users set email = null, display_name = null where id = ?").param(anna).update();
        emails.failed(taken.factId(), "550 anna@uberpopug.example", NOON, false);
        assertThat(row(id)).containsEntry("last_error", null);
        emails.givenUp(taken.factId(), "550 anna@uberpopug.example");
        assertThat(row(id)).containsEntry("status", "GIVEN_UP").containsEntry("last_error", null);
    }

    @Test
    void running_erasure_is_awaited_before_an_error_is_stored() throws InterruptedException {
        var id = paid(anna);
        var failing = Thread.ofPlatform().unstarted(() -> emails.givenUp(id, "550 anna@uberpopug.example"));
        transaction.executeWithoutResult(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            db.sql("update users set email = null where id = ?").param(anna).update();
            failing.start();
            await().pollInSameThread().until(() -> db.sql("""
                    select count(*) from pg_stat_activity
                     where datname = current_database() and wait_event_type = 'Lock'
                    """).query(Long.class).single() == 1);
        });
        failing.join();
        assertThat(row(id)).containsEntry("status", "GIVEN_UP").containsEntry("last_error", null);
    }

    private ScriptedMailServer server() {
        running = new ScriptedMailServer(PORT);
        return running;
    }

    private void sendDue() {
        sendEmails.sendDue(() -> false);
    }

    private void after(Duration time) {
        clock.set(clock.instant().plus(time));
    }

    private void known(UUID worker, String address, String language) {
        db.sql("""
                insert into users (id, login, display_name, email, language, role, active, sequence)
                values (?, 'anna', 'Anna', ?, ?, 'popug', true, 1)
                """).params(worker, address, language).update();
    }

    private UUID paid(UUID worker) {
        var id = Ids.next();
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, next_attempt_at, since)
                values (?, ?, '2026-11-22', 1000, 2000, 3000, 0, ?, ?)
                """).params(id, worker, Timestamp.from(clock.instant()), Timestamp.from(clock.instant())).update();
        return id;
    }

    private Map<String, Object> row(UUID id) {
        var row = db.sql("select status, attempts, last_error, next_attempt_at from emails where fact_id = ?").param(id)
                .query().singleRow();
        row.put("next", ((Timestamp) row.get("next_attempt_at")).toInstant());
        return row;
    }

    /** The lines with an amount, without the space between. */
    private static List<String> lines(String text) {
        return text.lines().map(line -> line.strip().replaceAll(" {2,}", ":")).collect(Collectors.toList());
    }
}
