package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The REST API for one user of the demo. */
final class Api {

    private final Browser browser;
    private final String token;

    Api(int port, String login) {
        this(port, login, "beak-" + login);
    }

    Api(int port, String login, String password) {
        browser = new Browser(port);
        token = browser.tokens("ates-cli", "http://127.0.0.1:8079/callback", login, password).accessToken();
    }

    Api(int port, Browser.Tokens tokens) {
        browser = new Browser(port);
        token = tokens.accessToken();
    }

    String token() {
        return token;
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    HttpResponse<String> patch(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").method("PATCH",
                BodyPublishers.ofString(json)));
    }

    HttpResponse<String> delete(String path) {
        return send(request(path).DELETE());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(browser.uri(path)).header("Authorization", "Bearer " + token);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        return browser.send(request);
    }

    /** Creates a popug with an email address. */
    UUID create(String login) {
        var created = post("/api/users", newUser(login));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return UUID.fromString(Browser.json(created).path("user_id").asString());
    }

    JsonNode change(UUID id, String change) {
        var changed = patch("/api/users/" + id, change);
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        return Browser.json(changed);
    }

    static String newUser(String login) {
        return """
                {"login": "%s", "display_name": "Somebody", "email": "%1$.30s@uberpopug.example", "role": "popug"}"""
                .formatted(login);
    }
}
