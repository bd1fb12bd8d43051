package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.Sha256;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.security.crypto.keygen.Base64StringKeyGenerator;
import org.springframework.security.crypto.keygen.StringKeyGenerator;
import org.springframework.session.SessionIdGenerator;

/**
 * Makes the ids of sessions: the SHA-256 of a random secret, which only the browser's cookie has. The id is stored and
 * may be shown; it opens nothing.
 */
public final class SessionSecrets implements SessionIdGenerator {

    /** 48 characters of Base64, which the cookie encodes once more without padding. */
    private static final int SECRET_BYTES = 36;
    /** The sessions that are made, but whose cookie is not written yet; far more than requests in progress. */
    private static final int MOST = 10_000;

    private final StringKeyGenerator random = new Base64StringKeyGenerator(Base64.getUrlEncoder().withoutPadding(),
            SECRET_BYTES);
    private final Map<String, String> unwritten = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST;
        }
    });

    SessionSecrets() {
    }

    @Override
    public String generate() {
        var secret = random.generateKey();
        var id = id(secret);
        unwritten.put(id, secret);
        return id;
    }

    /** Returns the secret of a session that was made here, once. */
    public Optional<String> take(String id) {
        return Optional.ofNullable(unwritten.remove(id));
    }

    /** The id of the session that a secret opens. */
    public static String id(String secret) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(secret));
    }
}
