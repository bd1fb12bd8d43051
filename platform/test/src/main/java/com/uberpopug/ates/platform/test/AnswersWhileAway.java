package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Sends requests to every handler of a service without its database: as a program with a token, and as a browser with a
 * session that requests a page, a fragment or any type. Each must be answered 503 with {@code Retry-After}.
 */
public final class AnswersWhileAway {

    private static final List<String> WITHOUT_DATABASE = List.of("/error", "/v3/api-docs", "/swagger-ui",
            "/sign-in-failed");
    /** The pool lets each request wait for two seconds. */
    private static final int AT_ONCE = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ApplicationContext service;
    private final List<Request> requests = new ArrayList<>();

    /** @param headers names and values in turn */
    private record Request(String method, String path, String body, List<String> headers) {
    }

    /**
     * @param token an access token of an admin
     * @param cookie the {@code Cookie} header of an admin's session
     */
    public AnswersWhileAway(ApplicationContext service, String token, String cookie) {
        this.service = service;
        service.getBeansOfType(RequestMappingHandlerMapping.class).values().stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .forEach(mapping -> add(mapping, token, cookie));
        with("GET", "/actuator/prometheus", "", "Authorization", "Bearer " + token);
        with("GET", "/actuator/health/pipeline", "", "Authorization", "Bearer " + token);
    }

    private void add(RequestMappingInfo mapping, String token, String cookie) {
        for (var pattern : mapping.getPatternValues()) {
            if (WITHOUT_DATABASE.stream().anyMatch(pattern::startsWith)) {
                continue;
            }
            var path = pattern.replaceAll("\\{[^}]*}", UUID.randomUUID().toString());
            var methods = mapping.getMethodsCondition().getMethods();
            for (var method : methods.isEmpty() ? List.of(RequestMethod.GET) : methods) {
                if (path.startsWith("/api/")) {
                    with(method.name(), path, "{}", "Authorization", "Bearer " + token, "Content-Type",
                            "application/json", "Accept", "application/json");
                    if (method == RequestMethod.POST) {
                        with(method.name(), path, "{}", "Authorization", "Bearer " + token, "Content-Type",
                                "application/json", "Idempotency-Key", UUID.randomUUID().toString());
                    }
                } else {
                    var form = "application/x-www-form-urlencoded";
                    with(method.name(), path, "", "Cookie", cookie, "Content-Type", form, "Accept", "text/html");
                    with(method.name(), path, "", "Cookie", cookie, "Content-Type", form, "HX-Request", "true");
                    with(method.name(), path, "", "Cookie", cookie, "Content-Type", form, "Accept", "*/*");
                }
            }
        }
    }

    /** Adds a request to an endpoint outside of handlers, such as one of Spring Security's. */
    public AnswersWhileAway with(String method, String path, String body, String... headers) {
        requests.add(new Request(method, path, body, List.of(headers)));
        return this;
    }

    /**
     * Sends all requests and expects 503, except for the given paths, which need no database and must be answered 200.
     */
    public void assertAllAreAskedToComeAgain(String... answeredAllTheSame) {
        var wrong = new ArrayList<String>();
        try (var _ = new DatabaseAway(service.getEnvironment());
                var http = HttpClient.newHttpClient();
                var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            var answers = new ArrayList<Future<String>>();
            requests.forEach(request -> answers.add(threads.submit(asking(http, request, 503))));
            for (var path : answeredAllTheSame) {
                answers.add(threads.submit(asking(http, new Request("GET", path, "", List.of("Accept", "*/*")), 200)));
            }
            for (var answer : answers) {
                wrong.add(answer.get());
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        awaitConnections();
        wrong.removeIf(String::isEmpty);
        assertThat(wrong).as("of " + requests.size() + " requests").isEmpty();
    }

    /** Later tests share this context, whose pool reopens its connections one by one. */
    private void awaitConnections() {
        var pool = service.getBean(DataSource.class);
        var deadline = Instant.now().plus(PATIENCE);
        while (true) {
            // Each call waits for as long as the pool does.
            try (var _ = pool.getConnection(); var _ = pool.getConnection(); var _ = pool.getConnection()) {
                return;
            } catch (SQLException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw new IllegalStateException("The pool did not recover", e);
                }
            }
        }
    }

    /** The difference from the expected answer; empty if there is none. */
    private Callable<String> asking(HttpClient http, Request request, int expected) {
        var port = service.getEnvironment().getRequiredProperty("local.server.port");
        var message = HttpRequest.newBuilder(URI.create("http://localhost:" + port + request.path()))
                .method(request.method(), BodyPublishers.ofString(request.body())).timeout(PATIENCE);
        if (!request.headers().isEmpty()) {
            message.headers(request.headers().toArray(String[]::new));
        }
        return () -> {
            try {
                var answer = http.send(message.build(), BodyHandlers.ofString());
                boolean good = answer.statusCode() == expected
                        && (expected < 500 || answer.headers().firstValue("Retry-After").isPresent());
                return good
                        ? ""
                        : "%s -> %d %s %.200s".formatted(request, answer.statusCode(), answer.headers().map(),
                                answer.body());
            } catch (IOException e) {
                return request + " -> " + e;
            }
        };
    }
}
