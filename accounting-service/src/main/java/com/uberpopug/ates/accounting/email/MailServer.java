package com.uberpopug.ates.accounting.email;

import static java.util.Objects.requireNonNullElse;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.stereotype.Component;

/** Sends mails over SMTP, many over one connection, and classifies the replies (RFC 5321, RFC 3463). */
@Component
class MailServer {

    private static final Logger log = LoggerFactory.getLogger(MailServer.class);

    /** Servers commonly limit a connection to some hundred mails. */
    private static final int MAILS_PER_CONNECTION = 100;

    /** A reply code with an enhanced status code, of which the groups are subject and detail. */
    private static final Pattern ENHANCED = Pattern.compile("\\b5\\d\\d[ -]5\\.(\\d{1,3})\\.(\\d{1,3})\\b");

    /** Bad mailbox, system or syntax, moved, null MX (RFC 7505), disabled. */
    private static final Set<String> OF_ADDRESS = Set.of("1.1", "1.2", "1.3", "1.6", "1.10", "2.1");

    private final JavaMailSenderImpl settings;

    MailServer(JavaMailSenderImpl settings) {
        this.settings = settings;
    }

    enum Verdict {
        /** The server accepted the mail. */
        TAKEN,
        /** The server refused it for now (4xx). */
        LATER,
        /** No connection, or none any more before the whole mail was sent. */
        AWAY,
        /** The server refused the mail or the sender for good (5xx), independent of the recipient. */
        REFUSED,
        /** The server refused the address for good. */
        ADDRESS_REFUSED,
        /** The whole mail was sent, and no reply came: the server may have accepted it. */
        UNCERTAIN
    }

    /** @param words the reason from the server or the connection; may quote the address */
    record Answer(Verdict verdict, String words) {
    }

    /** A mail that keeps its Message-ID, and records whether it was sent as a whole. */
    static final class Mail extends MimeMessage {

        private final String messageId;
        private boolean handedOver;

        Mail(Session session, String messageId) {
            super(session);
            this.messageId = messageId;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", messageId);
        }

        @Override
        public void writeTo(OutputStream out, String @Nullable [] ignored) throws IOException, MessagingException {
            super.writeTo(out, ignored);
            handedOver = true;
        }
    }

    Mail mail(String messageId) {
        return new Mail(settings.getSession(), messageId);
    }

    /** Connects at the first mail; reconnects after {@value #MAILS_PER_CONNECTION} mails and after each failure. */
    Connection connection() {
        return new Connection();
    }

    final class Connection implements AutoCloseable {

        private @Nullable Transport transport;
        private int mails;

        private Connection() {
        }

        Answer send(Mail mail) {
            try {
                if (transport == null) {
                    var protocol = requireNonNullElse(settings.getProtocol(), JavaMailSenderImpl.DEFAULT_PROTOCOL);
                    transport = settings.getSession().getTransport(protocol);
                    transport.connect(settings.getHost(), settings.getPort(), settings.getUsername(),
                            settings.getPassword());
                }
            } catch (MessagingException e) {
                close();
                return new Answer(Verdict.AWAY, words(e));
            }
            try {
                transport.sendMessage(mail, mail.getAllRecipients());
            } catch (MessagingException e) {
                close();
                return new Answer(verdict(e, mail.handedOver), words(e));
            }
            if (++mails == MAILS_PER_CONNECTION) {
                close();
            }
            return new Answer(Verdict.TAKEN, "");
        }

        @Override
        public void close() {
            if (transport != null) {
                try {
                    transport.close();
                } catch (MessagingException e) {
                    log.debug("The connection to the mail server was gone already", e);
                }
            }
            transport = null;
            mails = 0;
        }
    }

    private static Verdict verdict(MessagingException failure, boolean handedOver) {
        for (var cause : chain(failure)) {
            switch (cause) {
                case SMTPAddressFailedException recipient -> {
                    return verdict(recipient.getReturnCode(), handedOver, isOfAddress(recipient));
                }
                case SMTPSenderFailedException sender -> {
                    return verdict(sender.getReturnCode(), handedOver, false);
                }
                case SMTPSendFailedException command -> {
                    return verdict(command.getReturnCode(), handedOver, false);
                }
                default -> {
                    // The server's reply, if any, is further down the chain.
                }
            }
        }
        return verdict(-1, handedOver, false);
    }

    private static Verdict verdict(int code, boolean handedOver, boolean ofAddress) {
        return switch (code / 100) {
            // 421: the server closes the connection without accepting the mail.
            case 4 -> code == 421 ? Verdict.AWAY : Verdict.LATER;
            case 5 -> ofAddress ? Verdict.ADDRESS_REFUSED : Verdict.REFUSED;
            default -> handedOver ? Verdict.UNCERTAIN : Verdict.AWAY;
        };
    }

    /**
     * Whether a refused recipient is a bad address. An enhanced code decides: 5.1.7 and 5.1.8 refuse the sender, which
     * many servers report only at the recipient, and 5.7.x is a policy. Without one, the reply code decides (RFC
     * 5321).
     */
    private static boolean isOfAddress(SMTPAddressFailedException refused) {
        var enhanced = ENHANCED.matcher(words(refused));
        if (enhanced.find()) {
            return OF_ADDRESS.contains(enhanced.group(1) + "." + enhanced.group(2));
        }
        return switch (refused.getReturnCode()) {
            case 550, 551, 553 -> true;
            default -> false;
        };
    }

    /** The messages of the exception chain, outermost first. */
    private static String words(MessagingException failure) {
        var words = chain(failure).stream().map(Exception::getMessage).filter(Objects::nonNull).map(String::strip)
                .collect(Collectors.joining(": "));
        return words.isEmpty() ? failure.getClass().getSimpleName() : words;
    }

    private static List<Exception> chain(MessagingException failure) {
        return Stream.<Exception>iterate(failure, Objects::nonNull,
                cause -> cause instanceof MessagingException outer ? outer.getNextException() : null).toList();
    }
}
