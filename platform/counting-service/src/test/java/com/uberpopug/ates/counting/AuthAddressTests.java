package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.CookieBrowser;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An auth service that browsers reach at one address and services at another, as between containers. */
@ServiceTest(database = "counting", kafka = false, properties = "ates.issuer=" + AuthAddressTests.FOR_BROWSERS)
class AuthAddressTests {

    static final String FOR_BROWSERS = "https://auth.example.test";
    private static final String SELF = "counting-service";

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient db;

    @DynamicPropertySource
    static void forServices(DynamicPropertyRegistry properties) {
        properties.add("ates.auth-address", Tokens::issuer);
    }

    @Test
    void token_is_checked_with_the_keys_at_the_address_for_services() throws Exception {
        var admin = admin();
        assertThat(status(Tokens.of(admin, Role.ADMIN, claims -> claims.issuer(FOR_BROWSERS).audience(SELF))))
                .isEqualTo(200);
        assertThat(status(Tokens.of(admin, Role.ADMIN, claims -> claims.audience(SELF))))
                .as("issued by the address for services").isEqualTo(401);
    }

    @Test
    void browser_signs_in_at_its_address_and_the_code_is_exchanged_at_the_other() {
        var browser = new CookieBrowser(port);
        var authorize = browser.location(browser.goes(browser.location(browser.goes("/pipeline"))));
        assertThat(authorize).startsWith(FOR_BROWSERS + "/oauth2/authorize?");
        var code = Tokens.code(admin(), Role.ADMIN, claims -> claims.issuer(FOR_BROWSERS)
                .audience(parameter(authorize, "client_id")).claim("nonce", parameter(authorize, "nonce"))
                .claim("sid", Ids.next().toString()));
        var state = URLEncoder.encode(parameter(authorize, "state"), StandardCharsets.UTF_8);
        var signedIn = browser.goes("/login/oauth2/code/ates?state=" + state + "&code=" + code);
        assertThat(browser.location(signedIn)).isEqualTo("/pipeline");
    }

    private UUID admin() {
        var id = Ids.next();
        db.sql("insert into members values (?, 'admin', true)").param(id).update();
        return id;
    }

    private static String parameter(String address, String name) {
        return URLDecoder.decode(address.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1"), StandardCharsets.UTF_8);
    }

    private int status(String token) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/counters"))
                    .header("Authorization", "Bearer " + token).build(), BodyHandlers.discarding()).statusCode();
        }
    }
}
