package com.uberpopug.ates.accounting.email;

import com.uberpopug.ates.accounting.email.Emails.Email;
import com.uberpopug.ates.accounting.email.MailServer.Answer;
import com.uberpopug.ates.accounting.email.MailServer.Connection;
import com.uberpopug.ates.accounting.email.MailServer.Mail;
import com.uberpopug.ates.accounting.email.MailServer.Verdict;
import com.uberpopug.ates.accounting.user.Users.Recipient;
import com.uberpopug.ates.accounting.user.Users;
import com.uberpopug.ates.platform.pages.Money;
import com.uberpopug.ates.platform.web.EmailAddress;
import com.uberpopug.ates.platform.web.GeneratedMails;
import jakarta.mail.MessagingException;
import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Sends due emails, and schedules retries by the server's replies. */
@Component
class SendEmails {

    private static final Logger log = LoggerFactory.getLogger(SendEmails.class);

    /** Above nine replies of ten minutes each, the read timeout of a server. */
    static final Duration LEASE = Duration.ofMinutes(95);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    /**
     * An email is given up after this time and at least {@value #FEWEST_ATTEMPTS} attempts: a long queue alone gives
     * up none.
     */
    static final Duration PATIENCE = Duration.ofDays(3);
    private static final int FEWEST_ATTEMPTS = 10;

    /** Attempts that may duplicate the email, or will hardly help, are few and far between. */
    static final int MOST_SETBACKS = 3;
    static final Duration PAUSE_AFTER_SETBACK = Duration.ofHours(1);

    static final Duration PATIENCE_WITH_UNKNOWN_WORKER = Duration.ofDays(1);
    static final Duration PAUSE_WITH_UNKNOWN_WORKER = Duration.ofMinutes(1);

    private final Emails emails;
    private final Users users;
    private final MailServer server;
    private final GeneratedMails mails;
    private final Clock clock;

    SendEmails(Emails emails, Users users, MailServer server, GeneratedMails mails, Clock clock) {
        this.emails = emails;
        this.users = users;
        this.server = server;
        this.mails = mails;
        this.clock = clock;
    }

    /**
     * Sends all due emails, until none is left or the server is away. Then only the email of the failed attempt is
     * postponed; all others are sent as soon as the server is back.
     */
    void sendDue(BooleanSupplier isStopping) {
        try (var connection = server.connection()) {
            boolean goesOn = true;
            while (goesOn && !isStopping.getAsBoolean()) {
                var due = emails.take(clock.instant(), LEASE);
                goesOn = due.isPresent() && send(due.get(), connection);
            }
        }
    }

    /** Sends one email; false if the server is away. */
    private boolean send(Email email, Connection connection) {
        var recipient = users.recipient(email.workerId());
        if (recipient.isEmpty()) {
            awaitWorker(email);
            return true;
        }
        if (recipient.get().email() == null) {
            log.warn("The email of payout {} is given up: the worker has no address", email.factId());
            emails.undeliverable(email.factId(), "The worker has no address");
            return true;
        }
        var answer = send(email, recipient.get(), recipient.get().email(), connection);
        switch (answer.verdict()) {
            case TAKEN -> emails.sent(email.factId(), clock.instant());
            case LATER, AWAY -> {
                if (email.attempts() >= FEWEST_ATTEMPTS && isOlderThan(PATIENCE, email)) {
                    giveUp(email, answer);
                } else {
                    tryAgain(email, answer, pauseAfter(email.attempts()), false);
                }
            }
            case REFUSED, UNCERTAIN -> {
                if (email.setbacks() + 1 >= MOST_SETBACKS) {
                    giveUp(email, answer);
                } else {
                    tryAgain(email, answer, PAUSE_AFTER_SETBACK, true);
                }
            }
            case ADDRESS_REFUSED -> giveUp(email, answer);
        }
        return answer.verdict() != Verdict.AWAY && answer.verdict() != Verdict.UNCERTAIN;
    }

    /**
     * Waits for the worker's own event, which comes from another topic than the task and usually follows within
     * moments.
     */
    private void awaitWorker(Email email) {
        if (isOlderThan(PATIENCE_WITH_UNKNOWN_WORKER, email)) {
            log.warn("The email of payout {} is given up: the worker is unknown", email.factId());
            emails.undeliverable(email.factId(), "The worker was unknown for a day");
        } else {
            emails.awaitWorker(email.factId(), "The worker is unknown yet",
                    clock.instant().plus(PAUSE_WITH_UNKNOWN_WORKER));
        }
    }

    private Answer send(Email email, Recipient recipient, String address, Connection connection) {
        if (!EmailAddress.Validator.isAddress(address)) {
            return new Answer(Verdict.ADDRESS_REFUSED, "The address " + EmailAddress.RULE);
        }
        Mail mail;
        try {
            mail = mail(email, recipient, address);
        } catch (MessagingException e) {
            return new Answer(Verdict.ADDRESS_REFUSED, "The address is invalid: " + e.getMessage());
        }
        return connection.send(mail);
    }

    // The log outlives an erasure, so it omits the server's words, which may quote the address.
    private void giveUp(Email email, Answer answer) {
        log.warn("The email of payout {} is given up after {} attempts: {}", email.factId(), email.attempts(),
                answer.verdict());
        emails.givenUp(email.factId(), explained(answer));
    }

    private void tryAgain(Email email, Answer answer, Duration pause, boolean isSetback) {
        log.warn("The email of payout {} was not sent, attempt {}: {}", email.factId(), email.attempts(),
                answer.verdict());
        emails.failed(email.factId(), explained(answer), clock.instant().plus(pause), isSetback);
    }

    private static String explained(Answer answer) {
        return answer.verdict() == Verdict.UNCERTAIN
                ? "The mail may have arrived: the mail server received all of it and did not confirm it: "
                        + answer.words()
                : answer.words();
    }

    private Mail mail(Email email, Recipient recipient, String address) throws MessagingException {
        var language = Locale.of(recipient.language() == null ? "en" : recipient.language());
        var values = new Object[]{recipient.displayName(),
                DateTimeFormatter.ofPattern("d MMMM yyyy", language).format(email.businessDate()),
                Money.dollars(email.paidCents()), Money.dollars(email.carriedOverCents()),
                Money.dollars(email.rewardsCents()), Money.dollars(-email.feesCents())};
        // Every attempt has the same Message-ID, so that mailboxes can drop a duplicate after a broken connection.
        var mail = server.mail("<" + email.factId() + "@ates>");
        mails.write(mail, address, language, "payout", values);
        mail.saveChanges();
        return mail;
    }

    private boolean isOlderThan(Duration age, Email email) {
        return email.since().plus(age).isBefore(clock.instant());
    }

    private static Duration pauseAfter(int attempts) {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
