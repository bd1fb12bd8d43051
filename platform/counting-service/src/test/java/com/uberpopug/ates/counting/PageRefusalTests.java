package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.BodyLimit;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;

/** What people are shown where a program gets a problem: a page, or a toast where there is a page already. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class PageRefusalTests {

    private static final HttpClient http = HttpClient.newHttpClient();

    @Autowired
    JdbcClient db;
    @Autowired
    SessionRepository<?> sessions;
    @Autowired
    Environment environment;
    @LocalServerPort
    int port;
    private final UUID user = UUID.randomUUID();
    private String cookie = "";

    @BeforeEach
    void signIn() {
        cookie = PageSession.cookie(sessions, environment, user, Role.ADMIN);
    }

    @Test
    void a_form_that_comes_too_late_is_told_so_on_a_page() throws Exception {
        var page = send("/counters/full/steps", csrf(), "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(409);
        assertThat(page.body()).contains("<h1", "Somebody was faster");
    }

    @Test
    void what_a_part_of_a_page_is_refused_is_a_toast_and_no_page_within_the_page() throws Exception {
        var csrf = csrf();
        assertToast(409, "changed in the meantime", send("/counters/full/steps", csrf, "HX-Request", "true"));
        assertToast(404, "flown away", send("/nowhere", csrf, "HX-Request", "true"));
        // What is refused before it comes to a page is one, too.
        db.sql("insert into members (id, role, active) values (?, 'admin', false)").param(user).update();
        assertToast(403, "deactivated", send("/counters/full/steps", csrf, "HX-Request", "true"));
    }

    @Test
    void what_is_too_large_is_refused_with_a_page_before_it_is_known_who_sends_it() throws Exception {
        var page = send("/counters/full/steps", "x".repeat(BodyLimit.MAX_BYTES + 1), "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(413);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.body()).contains("<h1", "What was sent is too large.");
        assertThat(send("/counters/full/steps", "x".repeat(BodyLimit.MAX_BYTES + 1), "Accept", "text/html",
                "Accept-Language", "ru")
                .body()).contains("<html lang=\"ru\"");
    }

    private static void assertToast(int status, String text, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("HX-Retarget")).contains("#toasts");
        assertThat(answer.headers().firstValue("HX-Reswap")).contains("beforeend");
        assertThat(answer.headers().firstValue("HX-Reselect")).contains(".toast");
        assertThat(answer.body()).startsWith("<p class=\"toast\">").contains(text).doesNotContain("<html");
    }

    private String csrf() throws Exception {
        var page = http.send(request("/pipeline").header("Accept", "text/html").build(), BodyHandlers.ofString());
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body().replaceAll("(?s).*name=\"_csrf\" value=\"([^\"]+)\".*", "_csrf=$1");
    }

    private HttpResponse<String> send(String path, String form, String... headers) throws Exception {
        return http.send(request(path).header("Content-Type", "application/x-www-form-urlencoded").headers(headers)
                .POST(BodyPublishers.ofString(form)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).header("Cookie", cookie);
    }
}
