package com.uberpopug.ates.accounting.email;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.ServiceTest;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An hour without a mail server, by the clock. */
@ServiceTest(database = "accounting", kafka = false, properties = {
        "ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d", "db-scheduler.enabled=false"})
@Import(SettableClock.Setting.class)
class MailServerAwayTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static final int PORT = Ports.free();

    private final UUID anna = Ids.next();

    @Autowired
    private SendEmails sendEmails;
    @Autowired
    private SettableClock clock;
    @Autowired
    private JdbcClient db;

    @DynamicPropertySource
    static void mailServer(DynamicPropertyRegistry properties) {
        properties.add("spring.mail.port", () -> PORT);
    }

    @Test
    void every_email_is_sent_once_after_an_hour_without_a_server() throws MessagingException {
        db.sql("""
                insert into users (id, login, display_name, email, language, role, active, sequence)
                values (?, 'anna', 'Anna', 'anna@uberpopug.example', 'en', 'popug', true, 1)
                """).param(anna).update();
        var payouts = Stream.generate(this::paid).limit(3).toList();

        var end = NOON.plus(Duration.ofHours(1));
        for (var now = NOON; now.isBefore(end); now = nextAttempt()) {
            clock.set(now);
            sendEmails.sendDue(() -> false);
        }
        assertThat(column("status")).containsOnly("PENDING");
        assertThat(column("attempts::text")).as("pauses grow").containsOnly("10");
        assertThat(column("last_error")).allSatisfy(error -> assertThat(error).contains("Couldn't connect to host"));

        var mail = new GreenMail(new ServerSetup(PORT, "localhost", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try {
            // At most the longest pause after the return of the server, and only once.
            for (int i = 0; i < 5; i++) {
                clock.set(clock.instant().plus(SendEmails.LONGEST_PAUSE));
                sendEmails.sendDue(() -> false);
                assertThat(column("status")).containsOnly("SENT");
            }
            assertThat(mail.getReceivedMessages()).extracting(MimeMessage::getMessageID)
                    .containsExactlyInAnyOrderElementsOf(payouts.stream().map(id -> "<" + id + "@ates>").toList());
        } finally {
            mail.stop();
        }
    }

    private UUID paid() {
        var id = Ids.next();
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, next_attempt_at, since)
                values (?, ?, current_date, 1000, 2000, 3000, 0, ?, ?)
                """).params(id, anna, Timestamp.from(NOON), Timestamp.from(NOON)).update();
        return id;
    }

    private Instant nextAttempt() {
        return db.sql("select min(next_attempt_at) from emails").query(Timestamp.class).single().toInstant();
    }

    private List<String> column(String column) {
        return db.sql("select " + column + " from emails").query(String.class).list();
    }
}
