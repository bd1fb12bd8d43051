package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.BodyLimit;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.session.SessionRepository;
import tools.jackson.databind.json.JsonMapper;

/** Checks HTTP semantics for every request and response: methods, languages, codings, ranges, caches, paths. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class HttpTests {

    private static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String STYLES = "/shell/shell.css";
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*'\\./(\\w+\\.js)';$");
    /** The end of a request's headers, and a chunk with an invalid length. */
    private static final String BROKEN_CHUNK = "Transfer-Encoding: chunked\r\n\r\nzz\r\n";

    @Autowired
    SessionRepository<?> sessions;
    @Autowired
    Environment environment;
    @LocalServerPort
    int port;

    @Test
    void services_give_up_an_idle_connection_before_each_other_close_it() {
        var closedAfter = environment.getRequiredProperty("server.tomcat.keep-alive-timeout", Duration.class);
        assertThat(Duration.ofSeconds(Long.getLong("jdk.httpclient.keepalive.timeout", 30)))
                .isLessThan(closedAfter.minusSeconds(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"kk,ru;q=0.9 | ru", "ru-RU | ru", "kk,de;q=0.9 | en", "de,ru;q=0.1 | ru",
            "en;q=0.1,ru;q=0.9 | ru", "ru;q=0.1,en-GB;q=0.9 | en", "ru;q=0,en | en", "* | en", "kk,*;q=0.5 | en",
            ",,; | en", "uk,be;q=0.9,ru;q=0.8,en;q=0.7 | ru"})
    void language_is_the_first_accepted_one_that_is_supported(String accepted, String language) throws Exception {
        var page = send(request("/sign-in-failed").header("Accept", "text/html").header("Accept-Language", accepted));
        assertThat(page.body()).contains("<html lang=\"" + language + "\"");
        var refusal = send(request("/counters/full/steps").header("Accept", "text/html")
                .header("Accept-Language", accepted)
                .POST(BodyPublishers.ofString("x".repeat(BodyLimit.MAX_BYTES + 1))));
        assertThat(refusal.body()).contains("<html lang=\"" + language + "\"");
    }

    @ParameterizedTest
    @CsvSource({"GET //api/counters, 400", "GET /api//counters, 400", "GET /api/counters;x=1, 400",
            "GET /api/%2e%2e/counters, 400", "GET /api/a%2fb, 400", "GET /api/%00, 400", "GET /api/counters%0a, 400",
            "GET //, 400", "TRACE /api/counters, 405", "PROPFIND /api/counters, 400", "DELETE /api/counters, 405",
            "GET /api/nowhere, 404", "GET /api/counters/nonsense, 400", "GET /api/counters?limit=%zz, 400",
            "GET /nowhere, 401", "GET /nowhere;x, 400", "GET /v3/nowhere, 401", "POST /actuator/health, 405"})
    void problem_names_the_requested_path(String line, int status) throws IOException {
        var answer = raw(line, "Authorization: Bearer " + token(Role.ADMIN) + "\r\nAccept: application/json\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/problem+json");
        var problem = JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4)
                .replaceAll("(?s)^[0-9a-f]+\r\n(.*)\r\n0\r\n\r\n$", "$1"));
        var path = line.split(" ")[1].split("\\?")[0];
        assertThat(problem.path("instance").asString()).isEqualTo(path.equals("//") ? "%2F%2F" : path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Large: LARGE", "Expect: miracles", "Expect: 100-continue", "If-None-Match: *",
            "Range: x",
            "TE: nonsense", "Accept: x", "Accept: */*;q=0", "Content-Length: nonsense", "Host: ", "If-Match: x",
            "If-Modified-Since: never", "Accept-Encoding: identity;q=0", "Connection: Upgrade\r\nUpgrade: h2c",
            "Content-Type: x", "Content-Type: application/json;charset=", "Content-Type: text/plain;charset=\"\"",
            "Content-Type: application/json;charset=x y", "Content-Type: text/html;charset=nonsense",
            "Content-Type: application/json;charset=x-JISAutoDetect",
            "Content-Type: application/x-www-form-urlencoded;charset="})
    void unusual_headers_cause_no_server_error(String header) throws IOException {
        for (var path : List.of("/api/counters", "/api/counters/a%20b", "/pipeline", STYLES, "/sign-in-failed",
                "/nowhere%41?limit=%00")) {
            for (var method : List.of("GET", "HEAD", "OPTIONS", "POST", "TRACE")) {
                assertThat(raw(method + " " + path, header.replace("LARGE", "x".repeat(16_400)) + "\r\n"))
                        .as(method + " " + path).matches("(?s)HTTP/1.1 [1234]\\d\\d .*");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/yaml", "text/yaml", "application/vnd.oai.openapi", "application/x-yaml", "*/*",
            "text/html"})
    void yaml_description_is_served_whatever_accept_says(String accepted) throws IOException {
        assertThat(raw("GET /v3/api-docs.yaml", "Accept: " + accepted + "\r\n")).startsWith("HTTP/1.1 200")
                .contains("openapi: 3.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"counter_name\": \"\", \"first_step\": 0}", "{}", "{\"counter_name\": 1}", "{"})
    void problem_of_the_api_is_in_english_whatever_language_is_accepted(String body) throws Exception {
        var problems = new ArrayList<String>();
        for (var language : List.of("en", "ru", "de", "ja")) {
            problems.add(send(request("/api/counters").header("Accept-Language", language)
                    .header("Authorization", "Bearer " + token(Role.MANAGER)).header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))).body());
        }
        assertThat(problems).containsOnly(problems.getFirst());
    }

    @Test
    void address_that_is_too_long_is_answered_with_a_problem() throws IOException {
        assertThat(raw("GET /api/" + "x".repeat(20_000), "")).startsWith("HTTP/1.1 4")
                .contains("application/problem+json");
        assertThat(raw("GET /api/" + "x".repeat(10_000), "Authorization: Bearer " + token(Role.ADMIN) + "\r\n"))
                .startsWith("HTTP/1.1 404");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "deflate", "GZIP, identity", "nonsense"})
    void encoded_body_is_refused_with_the_accepted_encodings(String coding) throws Exception {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write("{\"counter_name\": \"eggs\", \"first_step\": 1}".getBytes(UTF_8));
        }
        var body = BodyPublishers.ofByteArray(compressed.toByteArray());
        var api = send(request("/api/counters").header("Authorization", "Bearer " + token(Role.ADMIN))
                .header("Content-Type", "application/json").header("Content-Encoding", coding).POST(body));
        assertThat(api.statusCode()).as(api.body()).isEqualTo(415);
        assertThat(api.headers().firstValue("Accept-Encoding")).contains("identity");
        assertThat(JsonMapper.shared().readTree(api.body()).path("instance").asString()).isEqualTo("/api/counters");
        var form = send(request("/counters/full/steps").header("Accept", "text/html")
                .header("Cookie", PageSession.cookie(sessions, environment, Ids.next(), Role.ADMIN))
                .header("Content-Type", "application/x-www-form-urlencoded").header("Content-Encoding", coding)
                .POST(body));
        assertThat(form.statusCode()).as(form.body()).isEqualTo(415);
        assertThat(form.headers().firstValue("Accept-Encoding")).contains("identity");
        assertThat(form.body()).contains("<h1");
        var forbidden = send(request("/api/counters/" + Ids.next() + "/steps")
                .header("Authorization", "Bearer " + token(Role.POPUG)).header("Content-Encoding", coding).POST(body));
        assertThat(forbidden.statusCode()).as(forbidden.body()).isEqualTo(403);
    }

    @Test
    void body_with_the_encoding_identity_is_accepted() throws Exception {
        assertThat(send(request("/api/counters").header("Authorization", "Bearer " + token(Role.ADMIN))
                .header("Content-Type", "application/json").header("Content-Encoding", "Identity")
                .POST(BodyPublishers.ofString("{\"counter_name\": \"eggs\", \"first_step\": 1}"))).statusCode())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({"Accept: text/html, <h1", "Accept: */*, problem+json", "HX-Request: true, <p class=\"toast\">"})
    void malformed_chunk_is_a_bad_request_on_pages(String header, String answer) throws IOException {
        var cookie = PageSession.cookie(sessions, environment, Ids.next(), Role.ADMIN);
        for (var path : List.of("/counters/full/steps", "/nowhere", "/")) {
            assertThat(raw("POST " + path, header + "\r\nCookie: " + cookie
                    + "\r\nContent-Type: application/x-www-form-urlencoded\r\n" + BROKEN_CHUNK)).as(path)
                    .startsWith("HTTP/1.1 400 ").contains(answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Idempotency-Key: broken-chunk\r\n"})
    void malformed_chunk_is_a_bad_request_in_the_api_with_and_without_a_key(String key) throws IOException {
        assertThat(raw("POST /api/counters", "Authorization: Bearer " + token(Role.ADMIN)
                + "\r\nContent-Type: application/json\r\n" + key + BROKEN_CHUNK)).startsWith("HTTP/1.1 400 ")
                .contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "\"0\"", "W/\"x\""})
    void change_with_if_none_match_is_refused(String tags) throws Exception {
        var refused = send(request("/api/counters").header("Authorization", "Bearer " + token(Role.ADMIN))
                .header("Content-Type", "application/json").header("If-None-Match", tags)
                .POST(BodyPublishers.ofString("{\"counter_name\": \"eggs\", \"first_step\": 1}")));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(412);
        assertThat(refused.body()).contains("If-None-Match");
    }

    @Test
    void api_path_may_be_percent_encoded() throws Exception {
        var created = send(request("/%61pi/counters").header("Authorization", "Bearer " + token(Role.ADMIN))
                .header("Accept", "application/xml").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"counter_name\": \"eggs\", \"first_step\": 1}")));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(created.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        var tooLarge = send(request("/%61pi/counters").header("Accept", "text/html")
                .header("Authorization", "Bearer " + token(Role.ADMIN))
                .POST(BodyPublishers.ofString("x".repeat(BodyLimit.MAX_BYTES + 1))));
        assertThat(tooLarge.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "*/*"})
    void refusal_of_a_file_is_not_cached(String accept) throws Exception {
        var refusals = List.of(send(request("/shell/none.css").header("Accept", accept)),
                send(request("/webjars/none/1/none.js").header("Accept", accept)),
                send(request(STYLES).header("Accept", accept).method("DELETE", BodyPublishers.noBody())),
                send(request(STYLES).header("Accept", accept).POST(BodyPublishers.ofString("x"))));
        for (var refusal : refusals) {
            assertThat(refusal.statusCode()).as(refusal.request().toString()).isGreaterThan(300);
            assertThat(cached(refusal)).as(refusal.request() + " " + refusal.statusCode()).contains("no-store")
                    .doesNotContain("max-age=31536000");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Range | bytes=0-9", "Range | bytes=9999999-", "Range | bytes=nonsense",
            "Range | lines=1-2", "If-Range | \"x\"", "If-Match | \"x\"",
            "If-Unmodified-Since | Thu, 01 Jan 1970 00:00:00 GMT"})
    void file_is_served_whole_despite_ranges_and_conditions(String name, String value) throws Exception {
        for (var path : List.of(STYLES, hashed())) {
            var whole = send(request(path));
            var file = send(request(path).header(name, value).header("Range", "bytes=5-9"));
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            assertThat(file.body()).isEqualTo(whole.body());
            assertThat(file.headers().firstValue("Accept-Ranges")).contains("none");
        }
    }

    @Test
    void file_is_cached_for_a_year_only_under_a_name_with_its_hash() throws Exception {
        var file = send(request(hashed()));
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(cached(file)).contains("max-age=31536000");
        var tag = file.headers().firstValue("ETag").orElseThrow();
        for (var tags : List.of(tag, "\"x\", " + tag, "*")) {
            var unchanged = send(request(hashed()).header("If-None-Match", tags));
            assertThat(unchanged.statusCode()).as(tags).isEqualTo(304);
            assertThat(unchanged.body()).isEmpty();
            assertThat(unchanged.headers().firstValue("ETag")).contains(tag);
        }
        assertThat(send(request(hashed()).header("If-None-Match", "\"x\"")
                .header("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")).statusCode()).isEqualTo(200);
        assertThat(cached(send(request(STYLES)))).isEqualTo("no-cache");
    }

    @Test
    void scripts_of_a_page_import_modules_of_the_same_version() throws Exception {
        var page = send(request("/sign-in-failed").header("Accept", "text/html")).body();
        var script = Pattern.compile("<script type=\"module\" src=\"(/shell/[0-9a-f]{32}/)(\\w+\\.js)\"").matcher(page);
        assertThat(script.find()).isTrue();
        var modules = new ArrayList<>(List.of(script.group(2)));
        for (int i = 0; i < modules.size(); i++) {
            var module = send(request(script.group(1) + modules.get(i)));
            assertThat(module.statusCode()).as(modules.get(i)).isEqualTo(200);
            assertThat(module.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/javascript");
            assertThat(cached(module)).contains("max-age=31536000");
            IMPORT.matcher(module.body()).results().map(found -> found.group(1))
                    .filter(name -> !modules.contains(name)).forEach(modules::add);
        }
        assertThat(modules).contains("live.js", "lists.js", "toasts.js", "times.js", "charts.js", "drafts.js");
        assertThat(send(request("/shell/" + "0".repeat(32) + "/live.js")).statusCode()).isEqualTo(404);
        assertThat(cached(send(request("/shell/live.js")))).isEqualTo("no-cache");
    }

    /** The path of the stylesheet in pages, with its hash. */
    private String hashed() throws Exception {
        var link = Pattern.compile("/shell/shell-[0-9a-f]+\\.css")
                .matcher(send(request("/sign-in-failed").header("Accept", "text/html")).body());
        assertThat(link.find()).isTrue();
        return link.group();
    }

    @Test
    void api_description_is_served_as_json_and_yaml() throws Exception {
        for (var path : List.of("/v3/api-docs", "/v3/api-docs.yaml")) {
            for (var authorization : List.of("", "Bearer " + token(Role.ADMIN))) {
                var request = request(path);
                if (!authorization.isEmpty()) {
                    request.header("Authorization", authorization);
                }
                var answer = send(request);
                assertThat(answer.statusCode()).as(path).isEqualTo(200);
                assertThat(answer.body()).contains("openapi", "/api/counters");
            }
        }
    }

    @Test
    void stream_begins_at_once_and_disables_buffering() throws Exception {
        var cookie = PageSession.cookie(sessions, environment, Ids.next(), Role.POPUG);
        var stream = http.send(request("/live").header("Accept", "text/event-stream").header("Cookie", cookie).build(),
                BodyHandlers.ofInputStream());
        try (var body = stream.body()) {
            assertThat(stream.headers().firstValue("X-Accel-Buffering")).contains("no");
            assertThat(new String(body.readNBytes(3), UTF_8)).isEqualTo(":\n\n");
        }
        var head = send(request("/live").header("Accept", "text/event-stream").header("Cookie", cookie).HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(head.headers().firstValue("X-Accel-Buffering")).contains("no");
    }

    private static String cached(HttpResponse<?> answer) {
        return String.join(",", answer.headers().allValues("Cache-Control"));
    }

    private String token(Role role) {
        return Tokens.of(Ids.next(), role, claims -> claims.audience("counting-service"));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends a request that an HTTP client would not send; returns the whole response. */
    private String raw(String line, String headers) throws IOException {
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
                    + "\r\n").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
