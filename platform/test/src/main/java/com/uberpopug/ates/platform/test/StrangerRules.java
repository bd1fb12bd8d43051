package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * What strangers leave behind in the database: nothing but the bounded rows that a service names, whatever they send.
 * Each service extends this class.
 */
public abstract class StrangerRules {

    /** Rounds over all endpoints; about 20,000 requests with {@code -Dates.long=true}. */
    private static final int REQUESTS = Boolean.getBoolean("ates.long") ? 20_000 : 1_500;
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Map<String, Integer> mostRows;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping handlers;
    @Autowired
    private JdbcClient db;
    @LocalServerPort
    private int port;

    /** @param mostRows the rows that strangers may cause, by table; none in all others */
    protected StrangerRules(Map<String, Integer> mostRows) {
        this.mostRows = mostRows;
    }

    /** A request of somebody who is not signed in. */
    private record Attempt(String method, String path) {
    }

    private record Size(long rows, long bytes) {
    }

    @Test
    void strangers_leave_no_rows_behind_but_bounded_ones() throws Exception {
        var attempts = attempts();
        var before = sizes();
        for (int i = 0; i < REQUESTS; i++) {
            var attempt = attempts.get(i % attempts.size());
            int status = HTTP.send(request(attempt, i), BodyHandlers.discarding()).statusCode();
            assertThat(status).as(attempt.toString()).isLessThan(500);
        }
        var after = sizes();
        var grown = new TreeMap<String, String>();
        after.forEach((table, size) -> {
            var was = before.getOrDefault(table, new Size(0, 0));
            long rows = size.rows() - was.rows();
            long bytes = size.bytes() - was.bytes();
            int most = mostRows.getOrDefault(table, 0);
            if (rows > most || bytes > 2_000L * most) {
                grown.put(table, "%d rows and %d bytes more; %d rows are stated".formatted(rows, bytes, most));
            }
        });
        assertThat(grown).as("%d requests over %d endpoints", REQUESTS, attempts.size()).isEmpty();
    }

    private List<Attempt> attempts() {
        var all = new ArrayList<Attempt>();
        handlers.getHandlerMethods().keySet().forEach(mapping -> mapping.getPatternValues().forEach(pattern -> {
            var methods = mapping.getMethodsCondition().getMethods();
            var path = pattern.replaceAll("\\{[^}]+}", UUID.randomUUID().toString()).replace("/**", "/x");
            if (methods.isEmpty()) {
                all.add(new Attempt("GET", path));
            }
            methods.forEach(method -> all.add(new Attempt(method.name(), path)));
        }));
        Stream.of("/", "/login", "/login?error", "/login?too-old", "/login/oauth2/authorization/ates",
                "/login/oauth2/code/ates?code=x&state=y", "/oauth2/authorize?response_type=code&client_id=tasks-service"
                        + "&redirect_uri=http://localhost:8080/login/oauth2/code/ates&scope=openid&state=s"
                        + "&code_challenge=" + "c".repeat(43) + "&code_challenge_method=S256",
                "/oauth2/authorize", "/connect/logout", "/connect/logout?id_token_hint=x", "/userinfo", "/oauth2/jwks",
                "/.well-known/openid-configuration", "/sign-in-failed", "/nowhere", "/actuator/prometheus", "/live")
                .forEach(path -> all.add(new Attempt("GET", path)));
        Stream.of("/login", "/logout", "/oauth2/token", "/oauth2/revoke", "/oauth2/introspect",
                "/oauth2/device_authorization", "/oauth2/par", "/connect/register", "/webauthn/authenticate/options",
                "/webauthn/register/options", "/login/webauthn", "/oauth2/authorize")
                .forEach(path -> all.add(new Attempt("POST", path)));
        // Streams do not end; without a session they are refused.
        return all;
    }

    private HttpRequest request(Attempt attempt, int i) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + attempt.path()))
                .header("Accept", i % 3 == 0 ? "application/json" : "text/html")
                .header("Idempotency-Key", "stranger-" + i).header("User-Agent", "stranger " + "x".repeat(i % 500))
                .header("Cookie", i % 2 == 0 ? "a=" + i : "ATES_AUTH=c3RyYW5nZXI" + i % 10);
        var form = "username=stranger" + i + "&password=guess" + i + "&_csrf=none&grant_type=authorization_code&code="
                + i
                + "&client_id=ates-cli&token=x" + i + "&once=" + UUID.randomUUID();
        return switch (attempt.method()) {
            case "GET" -> request.GET().build();
            case "DELETE" -> request.DELETE().build();
            default -> request.header("Content-Type", i % 3 == 0
                    ? "application/json"
                    : "application/x-www-form-urlencoded")
                    .method(attempt.method(),
                            BodyPublishers.ofString(i % 3 == 0 ? "{\"login\": \"x" + i + "\"}" : form))
                    .build();
        };
    }

    /** Of every table that the service may read; others it cannot write either. */
    private Map<String, Size> sizes() {
        var tables = db.sql("""
                select relname from pg_class
                 where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
                   and has_table_privilege(oid, 'select') and relname not in ('scheduled_tasks', 'inbox')
                """).query(String.class).list();
        var sizes = new HashMap<String, Size>();
        tables.forEach(table -> sizes.put(table,
                db.sql("select count(*), coalesce(sum(pg_column_size(each.*)), 0) from \"" + table + "\" as each")
                        .query((row, _) -> new Size(row.getLong(1), row.getLong(2))).single()));
        assertThat(sizes).isNotEmpty();
        return sizes;
    }
}
