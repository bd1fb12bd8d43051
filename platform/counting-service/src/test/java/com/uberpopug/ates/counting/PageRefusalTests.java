package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.pages.SessionSecrets;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.BodyLimit;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.web.servlet.FlashMap;

/** Refusals of people's requests: a page, or a toast for a part of a page. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class PageRefusalTests {

    private static final String MESSAGE = "changed in the meantime";
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
    void conflict_of_a_form_is_a_page() throws Exception {
        var page = send("/counters/full/steps", csrf(), "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(409);
        assertThat(page.body()).contains("<h1", "Somebody was faster");
    }

    @Test
    void refusal_of_a_part_of_a_page_is_a_toast() throws Exception {
        var csrf = csrf();
        assertToast(409, "changed in the meantime", send("/counters/full/steps", csrf, "HX-Request", "true"));
        assertToast(404, "No page has this address", send("/nowhere", csrf, "HX-Request", "true"));
        // Also for a refusal by a filter.
        db.sql("insert into members (id, role, active) values (?, 'admin', false)").param(user).update();
        assertToast(403, "deactivated", send("/counters/full/steps", csrf, "HX-Request", "true"));
    }

    @Test
    void large_body_is_refused_with_a_page_before_authentication() throws Exception {
        var page = send("/counters/full/steps", "x".repeat(BodyLimit.MAX_BYTES + 1), "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(413);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.body()).contains("<h1", "The data is too large.");
        assertThat(send("/counters/full/steps", "x".repeat(BodyLimit.MAX_BYTES + 1), "Accept", "text/html",
                "Accept-Language", "ru")
                .body()).contains("<html lang=\"ru\"");
    }

    @Test
    void unsupported_method_of_a_page_is_refused_with_the_supported_ones() throws Exception {
        var csrf = csrf();
        for (var headers : List.of(List.of("Accept", "text/html"), List.of("HX-Request", "true"))) {
            var refused = send("/pipeline", csrf, headers.toArray(String[]::new));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(405);
            assertThat(refused.headers().firstValue("Allow").orElse("")).contains("GET");
        }
    }

    @Test
    void toast_waits_for_a_request_whose_answer_is_seen() throws Exception {
        var session = SessionSecrets.id(new String(Base64.getDecoder().decode(cookie.split("=", 2)[1]), UTF_8));
        storeToast(sessions, session);
        for (var headers : List.of(List.of("Sec-Purpose", "prefetch"), List.of("Sec-Fetch-Dest", "iframe"),
                List.of("Purpose", "prefetch"), List.of("Sec-Fetch-Dest", "image"))) {
            var unseen = http.send(request("/pipeline").header("Accept", "text/html")
                    .headers(headers.toArray(String[]::new)).build(), BodyHandlers.ofString());
            assertThat(unseen.statusCode()).isEqualTo(200);
            assertThat(unseen.body()).as(headers.toString()).doesNotContain(MESSAGE);
        }
        http.send(request("/pipeline").header("Accept", "text/html").HEAD().build(), BodyHandlers.discarding());
        var seen = request("/pipeline").header("Accept", "text/html").header("Sec-Fetch-Dest", "document").build();
        assertThat(http.send(seen, BodyHandlers.ofString()).body()).contains(MESSAGE);
        assertThat(http.send(seen, BodyHandlers.ofString()).body()).doesNotContain(MESSAGE);
    }

    private static <S extends Session> void storeToast(SessionRepository<S> sessions, String id) {
        var session = sessions.findById(id);
        var toast = new FlashMap();
        toast.put(Toast.ATTRIBUTE, Toast.of("error.409"));
        toast.startExpirationPeriod(180);
        session.setAttribute("ates.flash." + Ids.next(), toast);
        sessions.save(session);
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
