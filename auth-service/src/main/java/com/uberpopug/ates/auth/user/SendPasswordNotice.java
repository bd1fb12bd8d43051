package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.user.PasswordNotice.Kind;
import com.uberpopug.ates.platform.web.GeneratedMails;
import jakarta.mail.MessagingException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.MessageSource;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.stereotype.Component;

/**
 * Mails a notice to its owner's current address, and that of a new address to the one before. The mail never holds the
 * link: a reader of the mailbox could then set the password.
 */
@Component
class SendPasswordNotice {

    private final Users users;
    private final EarlierProfiles earlier;
    private final GeneratedMails mails;
    private final JavaMailSender server;
    private final MessageSource messages;
    private final ZoneId zone;
    private final String contact;

    SendPasswordNotice(Users users, EarlierProfiles earlier, GeneratedMails mails, JavaMailSender server,
            MessageSource messages, @Value("${ates.time-zone}") ZoneId zone,
            @Value("${ates.security-contact}") String contact) {
        this.users = users;
        this.earlier = earlier;
        this.mails = mails;
        this.server = server;
        this.messages = messages;
        this.zone = zone;
        this.contact = contact.replaceFirst("^(mailto|tel):", "");
    }

    /** A failed attempt. It is logged, so it omits the server's words, which may quote the address. */
    private static final class NotSentException extends RuntimeException {

        NotSentException(Exception cause) {
            super(cause.getClass().getSimpleName(), null, false, false);
        }
    }

    /** Sends nothing where there is no address, as of erased users. */
    void send(PasswordNotice notice) {
        var owner = users.findById(notice.owner()).map(User::profile).orElse(null);
        if (owner == null) {
            return;
        }
        var address = notice.kind() == Kind.ADDRESS_CHANGED
                ? earlier.addressBefore(notice.owner(), notice.at()).orElse(null)
                : owner.email();
        if (address == null) {
            return;
        }
        var language = Locale.of(owner.language().wire());
        var maker = users.findById(notice.maker()).map(found -> found.profile().displayName())
                .orElseGet(() -> messages.getMessage("notice.erased-maker", null, language));
        var mail = server.createMimeMessage();
        try {
            mails.write(mail, address, language, "notice." + notice.kind(), owner.displayName(), maker,
                    shown(notice.at(), language), shown(notice.at().plus(Passwords.LINK_IS_VALID_FOR), language),
                    contact);
            mail.setHeader("Message-ID", "<" + notice.id() + "@ates>");
            server.send(mail);
        } catch (MessagingException | MailException e) {
            throw new NotSentException(e);
        }
    }

    private String shown(Instant instant, Locale language) {
        return DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm z", language).withZone(zone).format(instant);
    }
}
