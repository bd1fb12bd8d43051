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
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.MessageSource;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;

/** Sends the emails, and decides by the server's answers whether and when each is tried again. */
@Component
class SendEmails {

    private static final Logger log = LoggerFactory.getLogger(SendEmails.class);

    /** Longer than nine replies that take ten minutes each, which is what the read timeout allows a server. */
    static final Duration LEASE = Duration.ofMinutes(95);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    /** Given up on after these days, but for an email that nothing but the length of the queue kept from being tried. */
    static final Duration PATIENCE = Duration.ofDays(3);
    private static final int FEWEST_ATTEMPTS = 10;

    /** Where another attempt may double the email, or will hardly help, there are few, and far between. */
    static final int MOST_SETBACKS = 3;
    static final Duration PAUSE_AFTER_SETBACK = Duration.ofHours(1);

    static final Duration PATIENCE_WITH_UNKNOWN_WORKER = Duration.ofDays(1);
    static final Duration PAUSE_WITH_UNKNOWN_WORKER = Duration.ofMinutes(1);

    private final Emails emails;
    private final Users users;
    private final MailServer server;
    private final MessageSource messages;
    private final Clock clock;
    private final InternetAddress sender;

    SendEmails(Emails emails, Users users, MailServer server, MessageSource messages, Clock clock,
            @Value("${ates.mail-from}") InternetAddress sender) {
        this.emails = emails;
        this.users = users;
        this.server = server;
        this.messages = messages;
        this.clock = clock;
        this.sender = sender;
    }

    /**
     * Sends what is due, until nothing is, or the server is found to be away: then only the email that found out has to
     * wait, and all others go out as soon as the server is back.
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

    /** Whether the next one is worth trying now. */
    private boolean send(Email email, Connection connection) {
        var recipient = users.recipient(email.workerId());
        if (recipient.isEmpty()) {
            awaitWorker(email);
            return true;
        }
        if (recipient.get().email() == null) {
            log.warn("Nobody is told of payout {}: no address is known", email.factId());
            emails.undeliverable(email.factId(), "No address is known");
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

    /** Heard of in a moment, as a rule: the task came by another topic than the popug. */
    private void awaitWorker(Email email) {
        if (isOlderThan(PATIENCE_WITH_UNKNOWN_WORKER, email)) {
            log.warn("Nobody is told of payout {}: nothing was heard of the worker", email.factId());
            emails.undeliverable(email.factId(), "Nothing was heard of the worker for a day");
        } else {
            emails.awaitWorker(email.factId(), "Nothing was heard of the worker yet",
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
            return new Answer(Verdict.ADDRESS_REFUSED, "This is no address: " + e.getMessage());
        }
        return connection.send(mail);
    }

    // The log outlives an erasure, so it does not say what the server said, which may quote the address.
    private void giveUp(Email email, Answer answer) {
        log.warn("The email of payout {} is given up on after {} attempts: {}", email.factId(), email.attempts(),
                answer.verdict());
        emails.givenUp(email.factId(), explained(answer));
    }

    private void tryAgain(Email email, Answer answer, Duration pause, boolean isSetback) {
        log.warn("The email of payout {} could not be sent, attempt {}: {}", email.factId(), email.attempts(),
                answer.verdict());
        emails.failed(email.factId(), explained(answer), clock.instant().plus(pause), isSetback);
    }

    private static String explained(Answer answer) {
        return answer.verdict() == Verdict.UNCERTAIN
                ? "It may have arrived: the mail server had all of it, but did not confirm it: " + answer.words()
                : answer.words();
    }

    private Mail mail(Email email, Recipient recipient, String address) throws MessagingException {
        var language = Locale.of(recipient.language() == null ? "en" : recipient.language());
        var values = new Object[]{recipient.displayName(),
                DateTimeFormatter.ofPattern("d MMMM yyyy", language).format(email.businessDate()),
                Money.dollars(email.paidCents()), Money.dollars(email.carriedOverCents()),
                Money.dollars(email.rewardsCents()), Money.dollars(-email.feesCents())};
        // The same for every attempt, so that mailboxes can drop what a broken connection made us send twice.
        var mail = server.mail("<" + email.factId() + "@ates>");
        var parts = new MimeMessageHelper(mail, StandardCharsets.UTF_8.name());
        parts.setFrom(sender);
        parts.setTo(address);
        parts.setSentDate(Date.from(clock.instant()));
        parts.setSubject(messages.getMessage("payout.subject", values, language));
        parts.setText(messages.getMessage("payout.text", values, language));
        mail.setContentLanguage(new String[]{language.getLanguage()});
        // RFC 3834: nobody's mailbox is to answer it. The other one is what Exchange looks at.
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setHeader("X-Auto-Response-Suppress", "All");
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
