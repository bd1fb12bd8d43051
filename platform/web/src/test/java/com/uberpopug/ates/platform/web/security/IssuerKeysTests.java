package com.uberpopug.ates.platform.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** A service and the keys of the auth service, which change. */
class IssuerKeysTests {

    private final List<JWK> keys = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer auth;
    private String issuer;
    private JwtDecoder tokens;

    @BeforeEach
    void start() throws Exception {
        auth = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        auth.createContext("/oauth2/jwks", exchange -> {
            try (exchange) {
                requests.incrementAndGet();
                var body = new JWKSet(List.copyOf(keys)).toString().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        auth.start();
        issuer = "http://localhost:" + auth.getAddress().getPort();
        tokens = new ApiSecurity().tokens(issuer, issuer, "tasks-service");
    }

    @AfterEach
    void stop() {
        auth.stop(0);
    }

    @Test
    void new_key_is_fetched_when_a_token_names_it() throws Exception {
        var old = key();
        keys.add(old);
        tokens.decode(signed(old));
        var next = key();
        keys.add(next);
        tokens.decode(signed(next));
        tokens.decode(signed(old));
        assertThat(requests).hasValue(2);
    }

    @Test
    void random_key_ids_cause_two_requests_in_ten_seconds_and_no_outage() throws Exception {
        var start = System.nanoTime();
        var known = key();
        keys.add(known);
        tokens.decode(signed(known));
        for (int number = 0; number < 500; number++) {
            var unknown = signed(known, UUID.randomUUID().toString());
            assertThatThrownBy(() -> tokens.decode(unknown)).as("number %d", number)
                    .isInstanceOf(BadJwtException.class);
        }
        tokens.decode(signed(known));
        long intervals = Duration.ofNanos(System.nanoTime() - start).dividedBy(Duration.ofSeconds(10)) + 1;
        assertThat(requests.get()).isLessThanOrEqualTo((int) (2 * intervals + 2));
    }

    @Test
    void keys_that_cannot_be_fetched_are_an_outage_and_no_bad_token() throws Exception {
        auth.stop(0);
        var key = key();
        for (int number = 0; number < 5; number++) {
            assertThatThrownBy(() -> tokens.decode(signed(key))).isNotInstanceOf(BadJwtException.class);
        }
    }

    private static RSAKey key() throws Exception {
        return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
    }

    private String signed(RSAKey key) throws Exception {
        return signed(key, key.getKeyID());
    }

    private String signed(RSAKey key, String id) throws Exception {
        var claims = new JWTClaimsSet.Builder().issuer(issuer).subject("somebody").audience("tasks-service")
                .expirationTime(Date.from(Instant.now().plusSeconds(300))).build();
        var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(id).build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }
}
