package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.CookieBrowser;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.TlsProxy;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.HttpCookie;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A client of the auth service through a proxy that ends TLS: sign-in, a page, a stream. */
@ServiceTest(database = "counting", kafka = false, properties = "ates.unknown-schema-patience=2s")
class BehindTlsTests {

    @RegisterExtension
    static final TlsProxy PROXY = new TlsProxy();

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient db;

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("ates.services.counting", PROXY::address);
    }

    @Test
    void sign_in_leads_back_to_the_page_by_https_and_streams_begin_at_once() {
        var browser = new CookieBrowser(PROXY);
        var authorize = browser.location(browser.goes(browser.location(browser.goes("/pipeline"))));
        assertThat(parameter(authorize, "redirect_uri")).isEqualTo(PROXY.address() + "/login/oauth2/code/ates");
        assertThat(browser.cookies()).isNotEmpty().allSatisfy(BehindTlsTests::isSecured);

        var admin = Ids.next();
        db.sql("insert into members values (?, 'admin', true)").param(admin).update();
        var code = Tokens.code(admin, Role.ADMIN, "counting-service", parameter(authorize, "nonce"),
                Ids.next().toString());
        var signedIn = browser.goes("/login/oauth2/code/ates?code=" + code + "&state="
                + URLEncoder.encode(parameter(authorize, "state"), StandardCharsets.UTF_8));
        assertThat(browser.location(signedIn)).isEqualTo("/pipeline");
        assertThat(browser.cookies()).extracting(HttpCookie::getName).anyMatch(name -> name.startsWith("__Host-"));
        assertThat(browser.cookies()).allSatisfy(BehindTlsTests::isSecured);

        HttpResponse<String> page = browser.goes("/pipeline");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Strict-Transport-Security")).isPresent();
        assertThat(page.body()).doesNotContain("http://localhost:" + port);
        assertThat(browser.begins("/live", 3, "Accept", "text/event-stream")).isEqualTo(":\n\n");
    }

    private static void isSecured(HttpCookie cookie) {
        assertThat(cookie.getSecure()).as(cookie.toString()).isTrue();
        assertThat(cookie.getName()).startsWith("/".equals(cookie.getPath()) ? "__Host-" : "__Secure-");
    }

    private static String parameter(String address, String name) {
        return URLDecoder.decode(address.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1"), StandardCharsets.UTF_8);
    }
}
