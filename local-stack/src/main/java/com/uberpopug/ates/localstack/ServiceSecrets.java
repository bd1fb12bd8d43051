package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The secrets of services that neither the database nor Kafka checks. */
public record ServiceSecrets(Secrets secrets) {

    /** What a service shows to auth-service as its client. */
    public String client(String service) {
        return secrets.of(service + " as a client");
    }

    /** Writes a client's secret for a program that reads it from a file, which only the owner can do. */
    void writeClient(String client, Path file) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, client(client));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Encrypts the signing keys of auth-service. */
    public String signingKeys() {
        return secrets.of("signing key");
    }

    /** From what accounting-service draws prices. */
    public String prices() {
        return secrets.of("prices");
    }
}
