package com.uberpopug.ates.localstack.parts;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A mail server that delivers nothing: it stores each email as a file. */
public final class MailSink extends Part {

    private final Path mails;

    public MailSink(Path home, int port) {
        super("mail", home, port);
        this.mails = mails(home());
    }

    @Override
    public String address() {
        return "localhost:" + port();
    }

    /** The received emails, the oldest first: time, recipient, subject and file. */
    public static List<String> list(Path home) {
        if (!Files.isDirectory(mails(home))) {
            return List.of();
        }
        try (var files = Files.list(mails(home))) {
            return files.filter(file -> file.toString().endsWith(".eml")).sorted().map(MailSink::describe).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path mails(Path home) {
        return home.resolve("mail");
    }

    private static String describe(Path file) {
        try (var content = Files.newInputStream(file)) {
            var mail = new MimeMessage(Session.getInstance(new Properties()), content);
            var time = file.getFileName().toString().split("_")[0];
            var subject = mail.getSubject() == null ? "" : MimeUtility.decodeText(mail.getSubject());
            return "%s  %s  %s  (%s)".formatted(time, mail.getHeader("To", ", "), subject, file.getFileName());
        } catch (IOException | MessagingException e) {
            return file.getFileName() + " cannot be read: " + e.getMessage();
        }
    }

    @Override
    ChildProcess launch() {
        try {
            Files.createDirectories(mails);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ChildProcess.start(name(), log(), "TERM", Map.of("CLASSPATH", System.getProperty("java.class.path")),
                java(List.of("-Xms8m", "-Xmx64m", "-XX:NewSize=4m", MailSinkNode.class.getName(), mails.toString(),
                        Integer.toString(port()))));
    }

    @Override
    boolean isReady() {
        return Ports.isTaken(port());
    }
}
