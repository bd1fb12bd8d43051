package com.uberpopug.ates.platform.test;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends requests to the API of a running service that are mutated from its OpenAPI description, with good requests
 * between them. A long run has a new seed and prints it, {@code -Dates.seed} repeats it; a short one has always the
 * same, so that only a change makes it fail.
 */
public abstract class MalformedRequests {

    private static final int COUNT = Boolean.getBoolean("ates.long") ? 10_000 : 300;
    private static final int WARM_UP = 100;
    private static final int GOOD_EVERY = 10;
    private static final JsonMapper JSON = new JsonMapper();

    private static final List<String> TEXTS = List.of("", " ", "null", "true", "-1", "0", "1e400", "9".repeat(400),
            "9223372036854775808", "-0.0", "0x10", "NaN", "%00", "a%00b", "%ed%a0%80", "%ff", "%zz", "%", "%c0%80",
            "%2F", "..%2F..%2Fetc%2Fpasswd", "%5c", ";a=b", "%3Bjsessionid=1", "%0d%0aX-Injected:%201", "..", ".",
            "*", "{id}", "%7Bid%7D", "%E2%80%AE", "%F0%9F%A6%9C", "%27%20or%201%3D1--", "%3Cscript%3E", "%25s%25n",
            "2026-02-30", "+999999999-12-31", "0000-00-00", "2026-11-02T00:00:00Z", "00000000-0000-0000-0000",
            "x".repeat(300), "x".repeat(5_000), "%D0%B9".repeat(300));
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS",
            "TRACE", "PROPFIND", "get", "QUERY", "CONNECT", "X".repeat(100));
    private static final List<String> TYPES = List.of("", "text/plain", "application/xml", "application/json",
            "application/json;charset=utf-16", "application/json;charset=nonsense", "application/json;charset=",
            "json", "*/*", "application/*", "multipart/form-data", "multipart/form-data;boundary=x",
            "application/x-www-form-urlencoded", "application/merge-patch+json", "application/yaml",
            "application/problem+json", "text/html;", ";", "application/json, text/plain", "a/b/c",
            "x".repeat(500) + "/x", "application/octet-stream", "application/x-ndjson");
    private static final Map<String, List<String>> HEADERS = new TreeMap<>(Map.ofEntries(
            Map.entry("Content-Type", TYPES), Map.entry("Accept", TYPES),
            Map.entry("Accept-Language", List.of("", "ru", "xx", "*", "ru;q=2", "en;q=0,*;q=0", ",,,", "\u00ff",
                    "x".repeat(200), "zh-Hant-CN-x-private", "en-".repeat(50))),
            Map.entry("Accept-Charset", List.of("utf-16", "nonsense", "*;q=x")),
            Map.entry("Accept-Encoding", List.of("gzip", "identity;q=0", "*;q=0", "nonsense")),
            Map.entry("If-Match", List.of("", "*", "\"0\"", "W/\"0\"", "0", "\"", "\"\"", "\"-1\"", "\"x\", \"y\"",
                    "\"" + "9".repeat(300) + "\"", "\"\u00ff\"", ",")),
            Map.entry("If-None-Match", List.of("*", "\"0\"", "x")),
            Map.entry("If-Modified-Since", List.of("never", "Thu, 01 Jan 1970 00:00:00 GMT")),
            Map.entry("Idempotency-Key", List.of("", " ", "x", "x".repeat(200), "x".repeat(201), "\u00a0", "a b",
                    "\u00e9", "\t", "again")),
            Map.entry("Authorization", List.of("Bearer", "Bearer ", "Bearer a b", "Basic eDp5", "Digest x",
                    "Bearer " + "x".repeat(4_000), "\u0001", "bearer x")),
            Map.entry("Content-Encoding", List.of("gzip", "br", "nonsense", "identity")),
            Map.entry("Transfer-Encoding", List.of("identity", "nonsense", "gzip, chunked")),
            Map.entry("Content-Length", List.of("-1", "x", "1, 2", "99999999999999999999", "+1")),
            Map.entry("Expect", List.of("100-continue", "nonsense")),
            Map.entry("Range", List.of("bytes=0-1", "bytes=9-1", "x")),
            Map.entry("Origin", List.of("null", "https://elsewhere.example")),
            Map.entry("X-HTTP-Method-Override", List.of("DELETE")),
            Map.entry("X-Forwarded-Host", List.of("elsewhere.example", "\u00ff")),
            Map.entry("Forwarded", List.of("host=\"", "for=x;host=elsewhere.example;proto=gopher")),
            Map.entry("Cookie", List.of("a", "=", "a=\"", "\u00ff=1", "SESSION=%00", "x=" + "y".repeat(3_000))),
            Map.entry("traceparent", List.of("00-00-00-00", "ff-" + "0".repeat(32) + "-" + "0".repeat(16) + "-01")),
            Map.entry("Upgrade", List.of("websocket", "h2c")), Map.entry("Connection", List.of("keep-alive, x")),
            Map.entry("X".repeat(200), List.of("y")), Map.entry("not a token", List.of("x"))));

    @LocalServerPort
    int port;

    /** An operation of the description with an example of each part. */
    private record Operation(String method, String path, List<JsonNode> parameters, JsonNode body) {
    }

    private record Request(String line, List<String> headers, byte[] body) {

        String head(int port) {
            var head = new StringBuilder(line).append("\r\n");
            if (headers.stream().noneMatch(header -> header.startsWith("Host:"))) {
                head.append("Host: localhost:").append(port).append("\r\n");
            }
            headers.forEach(header -> head.append(header).append("\r\n"));
            if (headers.stream().noneMatch(header -> header.startsWith("Content-Length:"))) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            return head.append("Connection: close\r\n").toString();
        }

        String shortened() {
            var text = line + " " + headers + " " + new String(body, UTF_8);
            return text.length() <= 600 ? text : text.substring(0, 600) + "… (" + text.length() + ")";
        }
    }

    private final String token = Tokens.of(UUID.randomUUID(), Role.ADMIN,
            claims -> claims.expirationTime(Date.from(Instant.now().plusSeconds(7_200))));

    /** An access token of an admin. */
    protected String adminsToken() {
        return token;
    }

    /** Sends a good request and fails if its answer is not the right one. */
    protected abstract void sendGoodRequest() throws Exception;

    /** Reads a path as the admin. */
    protected void assertAnswered(String path, String text) throws IOException {
        var answer = RawHttp.send(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Authorization: Bearer " + adminsToken() + "\r\n", new byte[0]);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.body()).contains(text);
    }

    @Test
    void malformed_requests_are_problems_and_good_requests_between_them_succeed() throws Exception {
        long seed = Long.getLong("ates.seed", Boolean.getBoolean("ates.long") ? System.nanoTime() : 1);
        var random = new Random(seed);
        var operations = operations();
        assertThat(operations).hasSizeGreaterThan(2);
        var wrong = new ArrayList<String>();
        var statuses = new TreeMap<Integer, Integer>();
        long before = 0;
        int good = 0;
        for (int i = 0; i < COUNT + WARM_UP; i++) {
            if (i == WARM_UP) {
                before = heap();
            }
            var request = mutated(operations.get(random.nextInt(operations.size())), random);
            var answer = RawHttp.send(port, request.head(port), request.body());
            statuses.merge(answer.status(), 1, Integer::sum);
            var fault = fault(request, answer);
            if (fault != null && wrong.size() < 50) {
                wrong.add("%s: %s, for %s".formatted(fault, answer, request.shortened()));
            }
            if (i % GOOD_EVERY == 0) {
                sendGoodRequest();
                good++;
            }
        }
        long growth = heap() - before;
        System.out.printf(
                "%s, seed %d: %d malformed requests, statuses %s, %d good requests between them, heap %+d kB%n",
                getClass().getSimpleName(), seed, COUNT + WARM_UP, statuses, good, growth / 1_024);
        assertThat(wrong).as("seed %d", seed).isEmpty();
        // Code that is compiled and caches that fill take some once, whatever the number of requests.
        // A few hundred say nothing about growth: what they load for the first time weighs more.
        if (COUNT >= 10_000) {
            assertThat(growth).as("bytes of heap, seed %d", seed).isLessThan(30_000_000);
        }
    }

    private static @Nullable String fault(Request request, RawHttp.Answer answer) {
        int status = answer.status();
        if (status < 200 || status >= 500 && status != 501 && status != 505) {
            return "a server error, or no answer";
        }
        if (status < 400 || request.line().startsWith("HEAD ")) {
            return null;
        }
        if (!answer.header("Content-Type").startsWith("application/problem+json")) {
            return "no problem";
        }
        try {
            return JSON.readTree(answer.body()).path("status").asInt() == status ? null : "another status";
        } catch (JacksonException e) {
            return "no JSON";
        }
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private List<Operation> operations() throws IOException {
        var docs = JSON.readTree(RawHttp.send(port, "GET /v3/api-docs HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\n", new byte[0]).body());
        var operations = new ArrayList<Operation>();
        docs.path("paths").properties().forEach(path -> path.getValue().properties()
                .forEach(operation -> operations.add(new Operation(operation.getKey().toUpperCase(Locale.ROOT),
                        path.getKey(), List.copyOf(operation.getValue().path("parameters").values()),
                        example(docs, operation.getValue().at("/requestBody/content/application~1json/schema"), 0)))));
        return operations;
    }

    /** A value that a schema allows. */
    private static JsonNode example(JsonNode docs, JsonNode schema, int depth) {
        if (schema.has("$ref")) {
            return example(docs, docs.at(schema.path("$ref").asString().substring(1)), depth + 1);
        }
        if (schema.has("example")) {
            return schema.path("example");
        }
        if (schema.has("properties") && depth < 5) {
            var object = JSON.createObjectNode();
            schema.path("properties").properties().forEach(
                    property -> object.set(property.getKey(), example(docs, property.getValue(), depth + 1)));
            return object;
        }
        return schema.isMissingNode() ? schema : JSON.getNodeFactory().stringNode("x");
    }

    private Request mutated(Operation operation, Random random) {
        var method = operation.method();
        var path = operation.path();
        var query = new ArrayList<String>();
        for (var parameter : operation.parameters()) {
            var name = parameter.path("name").asString();
            var value = encoded(parameter.has("example")
                    ? parameter.path("example").asString("x")
                    : parameter.at("/schema/example").asString("x"));
            if (parameter.path("in").asString().equals("path")) {
                path = path.replace("{" + name + "}", random.nextInt(3) == 0 ? one(TEXTS, random) : value);
            } else if (parameter.path("in").asString().equals("query") && random.nextBoolean()) {
                query.add(name + "=" + (random.nextBoolean() ? one(TEXTS, random) : value));
            }
        }
        var headers = new ArrayList<String>();
        if (random.nextInt(20) > 0) {
            headers.add("Authorization: Bearer " + adminsToken());
        }
        byte[] body = operation.body().isMissingNode() ? new byte[0] : operation.body().toString().getBytes(UTF_8);
        if (body.length > 0) {
            headers.add("Content-Type: application/json");
        }
        for (int mutations = 1 + random.nextInt(3); mutations > 0; mutations--) {
            switch (random.nextInt(10)) {
                case 0 -> method = one(METHODS, random);
                case 1 -> path = mutatedPath(path, random);
                case 2, 3 -> mutateQuery(query, random);
                case 4, 5 -> {
                    var name = one(List.copyOf(HEADERS.keySet()), random);
                    if (random.nextBoolean()) {
                        headers.removeIf(header -> header.startsWith(name + ":"));
                    }
                    headers.add(name + ": " + one(HEADERS.getOrDefault(name, List.of("")), random));
                }
                default -> {
                    body = mutatedBody(operation.body(), body, random);
                    if (headers.stream().noneMatch(header -> header.startsWith("Content-Type:"))
                            && random.nextBoolean()) {
                        headers.add("Content-Type: application/json");
                    }
                }
            }
        }
        // A number that is too large would only wait for the rest of the body.
        headers.removeIf(header -> header.startsWith("Content-Length:") && header.matches(".*: \\d+"));
        return new Request(method + " " + path + (query.isEmpty() ? "" : "?" + String.join("&", query)) + " HTTP/1.1",
                headers, body);
    }

    private static String mutatedPath(String path, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> path + "/";
            case 1 -> path + "/" + one(TEXTS, random).replace(" ", "%20");
            case 2 -> path.replaceFirst("/", "//");
            case 3 -> path.toUpperCase(Locale.ROOT);
            case 4 -> path.replaceFirst("/api/", "/api%2F");
            case 5 -> path + ";a=b/../" + random.nextInt(100);
            case 6 -> path.replaceFirst("/api", "/./api/../api");
            default -> path.replaceFirst("/api/a", "/api/%61");
        };
    }

    private static void mutateQuery(List<String> query, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> query.addAll(List.copyOf(query));
            case 1 -> query.add(one(List.of("after", "limit", "q", "status", "from", "to", "%00", "", "a.b", "a[0]",
                    "limit%5B%5D", "class.module", "_method", "access_token"), random) + "="
                    + one(TEXTS, random).replace(" ", "%20"));
            case 2 -> {
                for (int i = 0; i < 300; i++) {
                    query.add("p" + i + "=" + i);
                }
            }
            case 3 -> query.add("&&=&");
            case 4 -> query.add("limit=" + one(List.of("0", "-1", "201", "2147483648", "1.5", "1e2", "%201", "1%20", "",
                    "\u0661"), random));
            default -> query.add("after=" + one(List.of("AA%3D%3D", "x", "eyJ9", "%00", "-", "MTIz", "a".repeat(2_000)),
                    random));
        }
    }

    private static byte[] mutatedBody(JsonNode example, byte[] body, Random random) {
        var text = new String(body, UTF_8);
        return switch (random.nextInt(16)) {
            case 0 -> new byte[0];
            case 1 -> bytes(text.substring(0, text.isEmpty() ? 0 : random.nextInt(text.length())));
            case 2 -> bytes(text + one(List.of("}", "{}", "x", "\u0000", "// comment", "\ufeff"), random));
            case 3 -> bytes("[".repeat(10_000));
            case 4 -> bytes("{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000));
            case 5 -> bytes(one(
                    List.of("null", "true", "[]", "{}", "\"x\"", "1", "1e999999999", "9".repeat(2_000), "NaN",
                            "'x'", "{'a': 1}", "{\"a\" 1}", "{\"\\u0000\": 1}", "\ufeff{}", "<a/>", "a=b", "--- a: b"),
                    random));
            case 6 -> flipped(body, random);
            case 7 -> text.getBytes(UTF_16LE);
            case 8 -> bytes("{\"x\": \"" + "y".repeat(random.nextInt(200_000)) + "\"}");
            case 9 -> bytes(text.length() > 2
                    ? text.substring(0, text.length() - 1) + "," + text.substring(1)
                    : "{\"a\": 1, \"a\": 2}");
            default -> example instanceof ObjectNode object && !object.isEmpty()
                    ? bytes(mutatedField(object.deepCopy(), random))
                    : bytes("{\"unknown\": " + value(random) + "}");
        };
    }

    private static String mutatedField(ObjectNode object, Random random) {
        var names = List.copyOf(object.propertyNames());
        var name = one(names, random);
        switch (random.nextInt(5)) {
            case 0 -> object.remove(name);
            case 1 -> object.put("unknown", 1);
            case 2 -> object.set(name, JSON.createArrayNode().add(object.path(name)));
            case 3 -> object.set(name, JSON.createObjectNode().set(name, object.path(name)));
            default -> {
                object.put(name, "VALUE");
                return object.toString().replace("\"VALUE\"", value(random));
            }
        }
        return object.toString();
    }

    /** Any JSON, well-formed or not. */
    private static String value(Random random) {
        return one(List.of("null", "true", "[]", "{}", "0", "-1", "1.5", "1e400", "-1e-400", "9223372036854775808",
                "9".repeat(1_001), "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
                "\"\u202e\"", "\"\u0007\"", "\"\\\"", "\"x", "\"" + "x".repeat(201) + "\"",
                "\"" + "\ud83e\udd9c".repeat(10_001) + "\"", "\"=1+1\"", "\"2026-02-30\"",
                "\"" + UUID.nameUUIDFromBytes(new byte[0]) + "\"", "[[[[]]]]", "{\"a\": {\"a\": {}}}", "\"\\n\\r\\t\"",
                "\"\\u200b\"", "tru", "00", "+1", ".5", "\"\\x\""), random);
    }

    private static byte[] flipped(byte[] body, Random random) {
        var flipped = body.clone();
        for (int i = 0; i < 3 && flipped.length > 0; i++) {
            flipped[random.nextInt(flipped.length)] = (byte) random.nextInt(256);
        }
        return flipped;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private static <T> T one(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }
}
