package com.uberpopug.ates.accounting.email;

import com.uberpopug.ates.accounting.email.Emails.Email;
import com.uberpopug.ates.accounting.user.Users;
import com.uberpopug.ates.accounting.user.Users.Recipient;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.MessageSource;
import org.springframework.mail.MailException;
import org.springframework.mail.MailParseException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;

/**
 * Sends the emails: tried again with growing pauses while the mail server is away, given up on, with the cause, where it
 * refuses the address for good or has been away for three days.
 */
@Component
class SendEmails {

    private static final Logger log = LoggerFactory.getLogger(SendEmails.class);

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);
    /** With the pauses above, three days. */
    private static final int MAX_ATTEMPTS = 150;

    private final Emails emails;
    private final Users users;
    private final JavaMailSender server;
    private final MessageSource messages;
    private final Clock clock;
    private final InternetAddress sender;

    SendEmails(Emails emails, Users users, JavaMailSender server, MessageSource messages, Clock clock,
            @Value("${ates.mail-from}") InternetAddress sender) {
        this.emails = emails;
        this.users = users;
        this.server = server;
        this.messages = messages;
        this.clock = clock;
        this.sender = sender;
    }

    /** Sends one that is due; false where there is none. */
    boolean sendNext() {
        var due = emails.take(clock.instant(), LEASE);
        due.ifPresent(this::send);
        return due.isPresent();
    }

    private void send(Email email) {
        var recipient = users.recipient(email.workerId());
        if (recipient.isEmpty()) {
            // Heard of in a moment, as a rule: the task came by another topic than the popug.
            emails.failed(email.factId(), "Nothing was heard of the worker yet",
                    clock.instant().plus(pauseAfter(email.attempts())));
            return;
        }
        if (recipient.get().email() == null) {
            log.warn("Nobody is told of payout {}: no address is known", email.factId());
            emails.givenUp(email.factId(), "No address is known");
            return;
        }
        try {
            server.send(message(email, recipient.get(), recipient.get().email()));
            emails.sent(email.factId(), clock.instant());
        } catch (MailException | MessagingException e) {
            if (isForGood(e) || email.attempts() >= MAX_ATTEMPTS) {
                log.warn("The email of payout {} is given up on: {}", email.factId(), e.toString());
                emails.givenUp(email.factId(), e.toString());
            } else {
                log.warn("The email of payout {} could not be sent, attempt {}: {}", email.factId(), email.attempts(),
                        e.toString());
                emails.failed(email.factId(), e.toString(), clock.instant().plus(pauseAfter(email.attempts())));
            }
        }
    }

    private MimeMessage message(Email email, Recipient recipient, String address) throws MessagingException {
        var language = Locale.of(recipient.language() == null ? "en" : recipient.language());
        var values = new Object[]{recipient.displayName(), email.businessDate(), dollars(email.paidCents()),
                dollars(email.carriedOverCents()), dollars(email.rewardsCents()), dollars(-email.feesCents())};
        var message = server.createMimeMessage();
        var helper = new MimeMessageHelper(message, StandardCharsets.UTF_8.name());
        helper.setFrom(sender);
        helper.setTo(address);
        helper.setSubject(messages.getMessage("payout.subject", values, language));
        helper.setText(messages.getMessage("payout.text", values, language));
        // The same for every attempt, so that mailboxes can drop what a broken connection made us send twice.
        message.setHeader("Message-ID", "<" + email.factId() + "@ates>");
        return message;
    }

    private static Duration pauseAfter(int attempts) {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** Whether the address itself was refused (SMTP 5xx, or no address at all); what is away comes back. */
    private static boolean isForGood(Exception failure) {
        if (failure instanceof MailParseException || failure instanceof MessagingException) {
            return true;
        }
        return failure instanceof MailSendException refused && refused.getFailedMessages().values().stream()
                .anyMatch(cause -> cause instanceof SendFailedException sending && sending.getInvalidAddresses() != null
                        && sending.getInvalidAddresses().length > 0);
    }

    private static String dollars(long cents) {
        return "%s$%d.%02d".formatted(cents < 0 ? "-" : "", Math.abs(cents) / 100, Math.abs(cents) % 100);
    }
}
