package com.uberpopug.ates.auth.oidc;

import java.util.List;
import java.util.Objects;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder.SecretKeyFactoryAlgorithm;
import org.springframework.security.oauth2.server.authorization.authentication.ClientSecretAuthenticationProvider;

/**
 * The clients' secrets, hashed once and not slowly: they are random, not thought up, and one is checked at every token
 * request, where the slow hash that people's passwords need would cost a tenth of a second of CPU.
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

    /** Makes the authorization server check secrets this way. */
    public static void hashQuickly(List<AuthenticationProvider> providers) {
        providers.forEach(provider -> {
            if (provider instanceof ClientSecretAuthenticationProvider secrets) {
                secrets.setPasswordEncoder(ENCODER);
            }
        });
    }
}
