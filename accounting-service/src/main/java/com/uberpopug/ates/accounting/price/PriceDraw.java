package com.uberpopug.ates.accounting.price;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Draws a task's price by a keyed hash of its id: unpredictable without the secret, and the same in every draw.
 */
final class PriceDraw {

    private static final int DOLLAR = 100;

    private final SecretKeySpec secret;

    PriceDraw(String secret) {
        this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /** The price of a task: a fee of 10 to 20 whole dollars, a reward of 20 to 40. */
    record Price(UUID taskId, long feeCents, long amountCents) {
    }

    Price draw(UUID taskId) {
        var hash = hash(taskId);
        return new Price(taskId, uniform(Arrays.copyOfRange(hash, 0, 16), 10, 20) * DOLLAR,
                uniform(Arrays.copyOfRange(hash, 16, 32), 20, 40) * DOLLAR);
    }

    /** Maps 128 bits to a range; the bias of the modulo, below 2^-120, is negligible. */
    private static long uniform(byte[] bits, int from, int to) {
        return from + new BigInteger(1, bits).mod(BigInteger.valueOf(to - from + 1)).longValue();
    }

    private byte[] hash(UUID taskId) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            return mac.doFinal(ByteBuffer.allocate(16).putLong(taskId.getMostSignificantBits())
                    .putLong(taskId.getLeastSignificantBits()).array());
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
