package com.uberpopug.ates.platform.test;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Access tokens like those of the auth service, signed with a key of the tests. The key is served over HTTP below
 * {@link #issuer()}, so that a service under test runs its complete validation.
 */
public final class Tokens {

    private static final List<String> AUDIENCES = List.of("auth-service", "tasks-service", "accounting-service",
            "analytics-service");
    private static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final RSAKey key = newKey();
    private static final String issuer = serve(new JWKSet(key.toPublicJWK()).toString());

    private Tokens() {
    }

    /** The value of {@code ates.issuer}. */
    public static String issuer() {
        return issuer;
    }

    /** A valid token. */
    public static String of(UUID userId, Role role) {
        return of(userId, role, _ -> {
        });
    }

    /** A token whose claims are changed before it is signed. */
    public static String of(UUID userId, Role role, Consumer<JWTClaimsSet.Builder> change) {
        return signed(key, userId, role, change);
    }

    /** A token with the right key id and another key's signature. */
    public static String forged(UUID userId, Role role) {
        return signed(newKey(), userId, role, _ -> {
        });
    }

    /** A token of a user who typed the password at this time. */
    public static String of(UUID userId, Role role, Instant signedInAt) {
        return of(userId, role, claims -> claims.claim("auth_time", signedInAt.getEpochSecond()));
    }

    /** A code that the token endpoint here exchanges for an ID token, any number of times. */
    public static String code(UUID userId, Role role, String client, String nonce, String signOn) {
        return code(userId, role, client, nonce, signOn, Instant.now());
    }

    /** The same for a user who typed the password at this time. */
    public static String code(UUID userId, Role role, String client, String nonce, String signOn,
            Instant signedInAt) {
        return code(userId, role, claims -> claims.audience(client).claim("nonce", nonce).claim("sid", signOn)
                .claim("auth_time", signedInAt.getEpochSecond()));
    }

    /** A code for an ID token whose claims are changed before it is signed. */
    public static String code(UUID userId, Role role, Consumer<JWTClaimsSet.Builder> change) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signed(key, userId, role, claims -> {
            claims.claim("name", "Popug " + userId).claim("locale", "en");
            change.accept(claims);
        }).getBytes(StandardCharsets.US_ASCII));
    }

    /** The key of the tests. */
    static RSAKey key() {
        return key;
    }

    static String signed(RSAKey key, UUID userId, Role role, Consumer<JWTClaimsSet.Builder> change) {
        var now = Instant.now();
        var claims = new JWTClaimsSet.Builder().issuer(issuer).subject(userId.toString()).audience(AUDIENCES)
                .claim("roles", List.of(role.wire())).claim("preferred_username", "popug-" + userId)
                .claim("auth_time", now.getEpochSecond())
                .issueTime(Date.from(now)).notBeforeTime(Date.from(now)).expirationTime(Date.from(now.plus(LIFETIME)));
        change.accept(claims);
        var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                claims.build());
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("tests").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String serve(String keys) {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/oauth2/jwks", exchange -> answer(exchange, keys));
            server.createContext("/oauth2/token", exchange -> {
                var form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
                var code = form.replaceFirst("(?:.*&)?code=([^&]+).*", "$1");
                answer(exchange, """
                        {"access_token": "of-the-tests", "token_type": "Bearer", "expires_in": 300, "id_token": "%s"}
                        """.formatted(new String(Base64.getUrlDecoder().decode(code), StandardCharsets.US_ASCII)));
            });
            server.setExecutor(task -> Thread.ofVirtual().start(task));
            server.start();
            return "http://localhost:" + server.getAddress().getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        try (exchange) {
            var body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
