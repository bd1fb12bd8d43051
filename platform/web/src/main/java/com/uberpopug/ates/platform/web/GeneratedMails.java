package com.uberpopug.ates.platform.web;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.mail.javamail.MimeMessageHelper;

/** Writes mails that nobody types: plain text in the recipient's language, from {@code ates.mail-from}. */
public final class GeneratedMails {

    private final String sender;
    private final MessageSource messages;
    private final Clock clock;

    GeneratedMails(String sender, MessageSource messages, Clock clock) {
        this.sender = sender;
        this.messages = messages;
        this.clock = clock;
    }

    /**
     * Writes an empty mail with the texts {@code name.subject} and {@code name.text}.
     *
     * @throws MessagingException if the address is invalid
     */
    public void write(MimeMessage mail, String address, Locale language, String name, Object... values)
            throws MessagingException {
        var parts = new MimeMessageHelper(mail, StandardCharsets.UTF_8.name());
        parts.setFrom(sender);
        parts.setTo(address);
        parts.setSentDate(Date.from(clock.instant()));
        parts.setSubject(messages.getMessage(name + ".subject", values, language));
        parts.setText(messages.getMessage(name + ".text", values, language));
        mail.setContentLanguage(new String[]{language.getLanguage()});
        // RFC 3834: no automatic replies. Exchange reads the second header.
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setHeader("X-Auto-Response-Suppress", "All");
    }
}
