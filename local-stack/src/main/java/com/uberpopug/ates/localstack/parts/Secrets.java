package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Every password of one system, derived from a single random key in a file that only its owner can read. */
public final class Secrets {
    private final byte[] key;

    private Secrets(byte[] key) {
        this.key = key;
    }

    /** The secrets of this directory, which becomes its owner's only; the first call creates their key. */
    public static Secrets in(Path home) {
        var file = home.resolve("secret");
        try {
            Files.createDirectories(home);
            // Logs, emails and data are nobody else's either.
            var ownersOnly = PosixFilePermissions.fromString("rwx------");
            // The directory may be mounted for reading only.
            if (!Files.getPosixFilePermissions(home).equals(ownersOnly)) {
                Files.setPosixFilePermissions(home, ownersOnly);
            }
            var random = new byte[32];
            new SecureRandom().nextBytes(random);
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try (var channel = Files.newByteChannel(file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    ownerOnly)) {
                channel.write(StandardCharsets.US_ASCII.encode(HexFormat.of().formatHex(random)));
            } catch (FileAlreadyExistsException _) {
                // The data of earlier runs belongs to the existing key.
            }
            return new Secrets(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The secret for a purpose: always the same, and without a way to derive another from it. */
    public String of(String purpose) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
