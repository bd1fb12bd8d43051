package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.UUID;
import org.subethamail.smtp.server.SMTPServer;

/** The main class of {@link MailSink}'s process. */
final class MailSinkNode {

    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    private MailSinkNode() {
    }

    /** @param arguments the directory for the emails, and the port */
    public static void main(String[] arguments) {
        var mails = Path.of(arguments[0]);
        SMTPServer.port(Integer.parseInt(arguments[1])).bindAddress(InetAddress.getLoopbackAddress())
                .maxMessageSize(MAX_MESSAGE_BYTES)
                .messageHandler((_, _, _, mail) -> keep(mails, mail))
                .build().start();
    }

    /** Writes under a temporary name first, so that no reader sees half an email. */
    private static void keep(Path mails, byte[] mail) {
        var name = Instant.now().toString().replace(':', '-') + "_" + UUID.randomUUID().toString().substring(0, 8);
        try {
            var unfinished = Files.write(mails.resolve(name + ".part"), mail);
            Files.move(unfinished, mails.resolve(name + ".eml"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
