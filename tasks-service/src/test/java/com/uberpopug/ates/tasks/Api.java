package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of one instance's REST API, with the caller's token. */
public final class Api {

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Environment environment;

    public Api(Environment environment) {
        this.environment = environment;
    }

    /** A response; an empty body is a missing node. */
    public record Answer(int status, HttpHeaders headers, JsonNode body) {

        public String text(String field) {
            return body.path(field).asString();
        }

        public String location() {
            return headers.firstValue("Location").orElseThrow();
        }
    }

    public Answer get(Caller caller, String path) {
        return send(request(caller, path).GET());
    }

    public Answer post(Caller caller, String path) {
        return send(request(caller, path).POST(BodyPublishers.noBody()));
    }

    public Answer post(Caller caller, String path, String json) {
        return send(
                request(caller, path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    public HttpRequest.Builder request(Caller caller, String path) {
        return request(path).header("Authorization", "Bearer " + Tokens.of(caller.id(), caller.role()));
    }

    /** A request without a token. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + environment.getRequiredProperty("local.server.port") + path));
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
