package com.uberpopug.ates.platform.pages;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.springframework.security.crypto.encrypt.BytesEncryptor;
import org.springframework.security.crypto.encrypt.Encryptors;

/**
 * Seals text that a browser keeps between two requests: encrypted and authenticated (AES-GCM), with a key that every
 * instance derives from the service's client secret. Text of another purpose or another service cannot be opened.
 */
public final class SealedText {

    private static final int MAX_SEALED_CHARACTERS = 8_192;
    /** The initialization vector and the tag. */
    private static final int LEAST_BYTES = 32;

    private final BytesEncryptor cipher;

    public SealedText(String secret, String purpose) {
        cipher = Encryptors.stronger(secret, HexFormat.of().formatHex(purpose.getBytes(StandardCharsets.UTF_8)));
    }

    /** Compresses and seals a text, as URL-safe Base64 for addresses and cookies. */
    public String seal(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var deflated = new DeflaterOutputStream(bytes)) {
            deflated.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(cipher.encrypt(bytes.toByteArray()));
    }

    /** Empty unless the text was sealed by this service, for this purpose. */
    public Optional<String> open(String sealed) {
        if (sealed.length() > MAX_SEALED_CHARACTERS) {
            return Optional.empty();
        }
        try {
            var bytes = Base64.getUrlDecoder().decode(sealed);
            return bytes.length < LEAST_BYTES ? Optional.empty() : Optional.of(inflated(cipher.decrypt(bytes)));
        } catch (IllegalArgumentException | IllegalStateException | IOException forged) {
            return Optional.empty();
        }
    }

    private static String inflated(byte[] bytes) throws IOException {
        try (var inflated = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return new String(inflated.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
