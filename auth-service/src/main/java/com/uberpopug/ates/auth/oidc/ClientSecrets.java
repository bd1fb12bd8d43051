package com.uberpopug.ates.auth.oidc;

import java.util.List;
import java.util.Objects;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder.SecretKeyFactoryAlgorithm;
import org.springframework.security.oauth2.server.authorization.authentication.ClientSecretAuthenticationProvider;

/**
 * Hashes clients' secrets with one fast round. The secrets are random, and each token request verifies one: the slow
 * hash for people's passwords would cost a tenth of a second of CPU each time.
 */
public final class ClientSecrets {

    private static final int SALT_BYTES = 16;
    private static final int ITERATIONS = 1;

    private static final PasswordEncoder ENCODER = new Pbkdf2PasswordEncoder("", SALT_BYTES, ITERATIONS,
            SecretKeyFactoryAlgorithm.PBKDF2WithHmacSHA256);

    private ClientSecrets() {
    }

    static String hash(String secret) {
        return Objects.requireNonNull(ENCODER.encode(secret));
    }

    /** Makes the authorization server verify secrets with this hash. */
    public static void hashQuickly(List<AuthenticationProvider> providers) {
        providers.forEach(provider -> {
            if (provider instanceof ClientSecretAuthenticationProvider secrets) {
                secrets.setPasswordEncoder(ENCODER);
            }
        });
    }
}
