package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.csrf;
import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.Columns;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What people type as a password is in no table, no answer and no log, whichever form, field or header it was typed
 * into.
 */
@AuthServiceTest
class TypedSecretsTests {

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @Test
    void typed_password_is_in_no_column_of_any_table() {
        var typed = "typed-" + UUID.randomUUID();
        sendEverywhere(typed);
        assertThat(new Columns(database).with("vera")).as("the search finds what is there").isNotEmpty();
        assertThat(new Columns(database).with(typed)).isEmpty();
    }

    /** Each form with each kind of outcome: refused by each rule, wrong, too many, accepted. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void typed_password_is_in_no_answer_and_no_log(CapturedOutput output) {
        var admin = new Api(port, "admin");
        var id = admin.create("typing-bird");
        var outcomes = new TreeSet<String>();
        for (var prefix : new String[]{"", "popug ", "typing-bird ", "\u0007", "\u200B", "я", "<b>&quot;"}) {
            for (int length : new int[]{20, 3_000}) {
                var typed = prefix + (UUID.randomUUID().toString().repeat(100)).substring(0, length - prefix.length());
                var secret = typed.substring(typed.length() - 15);
                var token = json(admin.post("/api/users/" + id + "/password-link", "")).path("password_link")
                        .asString().replaceFirst(".*=", "");
                var answers = new ArrayList<HttpResponse<String>>();
                var browser = new Browser(port);
                browser.signIn("vera", "beak-vera");
                var csrf = csrf(browser.get("/").body());
                for (var form : List.of(Map.of("current", typed, "password", typed, "again", typed),
                        Map.of("current", typed, "password", typed, "again", typed + "x"),
                        Map.of("current", typed, "password", "short", "again", "short"),
                        Map.of("current", typed), Map.of("password", typed), Map.of("again", typed))) {
                    var all = new HashMap<>(form);
                    all.put("_csrf", csrf);
                    answers.add(browser.post("/password", all, "Accept", "text/html"));
                    answers.add(browser.post("/password", all, "HX-Request", "true"));
                    all.put("_csrf", "of an old page");
                    answers.add(browser.post("/password", all, "Accept", "text/html"));
                    all.put("token", token + "x");
                    answers.add(browser.post("/first-password", all, "Accept", "text/html"));
                }
                for (int guess = 0; guess < 12 && typed.length() == 20 && prefix.isEmpty(); guess++) {
                    answers.add(browser.post("/password", Map.of("current", typed, "password", "curved, red", "again",
                            "curved, red", "_csrf", csrf), "Accept", "text/html"));
                }
                for (var form : List.of(Map.of("username", "vera", "password", typed),
                        Map.of("username", "nobody", "password", typed),
                        Map.of("username", typed, "password", "beak-vera"),
                        Map.of("username", typed, "password", typed))) {
                    answers.add(new Browser(port).submit("/login", "/login", form));
                    answers.add(new Browser(port).post("/login", form, "Accept", "text/html"));
                    answers.add(browser.submit("/login", "/login", form));
                }
                for (var form : List.of(Map.of("token", token, "password", typed, "again", "something else"),
                        Map.of("token", token, "password", "something else", "again", typed),
                        Map.of("token", token, "password", typed),
                        Map.of("token", token, "password", typed, "again", typed))) {
                    answers.add(new Browser(port).post("/first-password", form, "Accept", "text/html"));
                    answers.add(new Browser(port).post("/first-password", form, "Accept", "*/*"));
                }
                answers.forEach(answer -> {
                    outcomes.add(answer.request().uri().getPath() + " " + answer.statusCode());
                    assertThat(answer.body()).doesNotContain(secret);
                    assertThat(answer.headers().map().toString()).doesNotContain(secret);
                });
                assertThat(output).doesNotContain(secret);
                assertThat(new Columns(database).with(secret)).isEmpty();
                database.sql("delete from sign_in_attempts").update();
                database.sql("update known_devices set spent_until = used_at").update();
            }
        }
        assertThat(outcomes).contains("/first-password 302", "/first-password 410", "/first-password 422",
                "/password 422", "/password 429", "/login 302");
    }

    private void sendEverywhere(String typed) {
        var fresh = new Browser(port);
        fresh.get("/login");
        fresh.signIn("vera", typed);
        fresh.signIn("nobody-" + UUID.randomUUID().toString().substring(0, 8), typed);
        // Into the wrong field.
        fresh.signIn(typed, "beak-vera");
        // With a session, and beside one.
        var signedIn = new Browser(port);
        signedIn.get("/login");
        signedIn.signIn("vera", "beak-vera");
        signedIn.signIn("boris", typed);
        signedIn.submit("/password", "/password", Map.of("current", typed, "password", typed, "again", typed));
        signedIn.get("/?password=" + typed);
        fresh.get("/login?password=" + typed);
        fresh.get("/first-password?token=" + typed);
        new Browser(port).post("/oauth2/token",
                Map.of("grant_type", "password", "username", "vera", "password", typed));
    }
}
