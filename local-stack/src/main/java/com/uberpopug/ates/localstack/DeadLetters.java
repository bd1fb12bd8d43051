package com.uberpopug.ates.localstack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * {@code ./ates dead-letters}: lists, replays and discards the dead letters of each service by its REST API, as an
 * admin.
 */
public final class DeadLetters {
    private static final Pattern ID = Pattern.compile("([a-z]+)\\.[a-z.-]+-[0-9]+-[0-9]+");
    private static final String ROW = "%-28s %-9s %-20s %-20s %-24s %s%n";
    private static final int SHOWN_OF_CAUSE = 120;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Integer> ports;
    private final Supplier<String> signIn;
    private final PrintStream out;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private String token = "";

    /**
     * @param signIn returns an admin's token; called again when that has expired
     * @param out receives the output
     */
    public DeadLetters(StackPorts ports, Supplier<String> signIn, PrintStream out) {
        this.ports = new TreeMap<>(ports.services());
        this.signIn = signIn;
        this.out = out;
    }

    /** The service refused the command; the message says why. */
    public static final class RefusedException extends RuntimeException {
        private final int status;

        RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /** Prints a row for each dead letter of each service; the exit code is 1 if a service does not answer. */
    public int list() {
        var letters = new ArrayList<JsonNode>();
        var silent = new ArrayList<String>();
        for (var service : ports.keySet()) {
            try {
                letters.addAll(letters(service));
            } catch (RefusedException e) {
                silent.add(String.valueOf(e.getMessage()));
            }
        }
        if (letters.isEmpty() && silent.isEmpty()) {
            out.println("There are no dead letters");
        } else if (!letters.isEmpty()) {
            out.printf(ROW, "id", "state", "failed at", "consumer", "type", "cause");
            letters.forEach(letter -> out.printf(ROW, text(letter, "id"), text(letter, "state"),
                    text(letter, "failed_at").replaceFirst("\\.[0-9]+", ""), text(letter, "consumer"),
                    text(letter, "type"), cause(letter)));
        }
        silent.forEach(reason -> out.println("ates: " + reason));
        return silent.isEmpty() ? 0 : 1;
    }

    /** Prints all fields of a dead letter. */
    public int show(String id) {
        try {
            var letter = call(serviceOf(id), "/" + encoded(id), Optional.empty());
            JSON.writerWithDefaultPrettyPrinter().writeValueAsString(letter).lines().map(PlainText::escaped)
                    .forEach(out::println);
            return 0;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Replays a dead letter. */
    public int replay(String id, boolean dryRun) {
        var body = JSON.createObjectNode().put("dry_run", dryRun).toString();
        var done = call(serviceOf(id), "/" + encoded(id) + "/replay", Optional.of(body));
        out.println(id + ": " + text(done, "outcome").replace('_', ' '));
        return 0;
    }

    /** Discards a dead letter. */
    public int discard(String id) {
        var done = call(serviceOf(id), "/" + encoded(id) + "/discard", Optional.of(""));
        out.println(id + ": " + text(done, "state"));
        return 0;
    }

    /**
     * Replays all waiting dead letters, the oldest of each service first; the exit code is 1 if one fails.
     *
     * @param service only this service's; empty for all services
     */
    public int replayAll(Optional<String> service, boolean dryRun) {
        int failed = 0;
        for (var each : service.map(this::known).map(List::of).orElse(List.copyOf(ports.keySet()))) {
            for (var letter : letters(each).reversed()) {
                if (text(letter, "state").equals("waiting")) {
                    try {
                        replay(text(letter, "id"), dryRun);
                    } catch (RefusedException e) {
                        if (e.status != 409 && e.status != 422) {
                            throw e;
                        }
                        out.println(text(letter, "id") + ": " + e.getMessage());
                        failed++;
                    }
                }
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private List<JsonNode> letters(String service) {
        var letters = new ArrayList<JsonNode>();
        var after = "";
        do {
            var page = call(service, "?limit=200" + after, Optional.empty());
            page.path("items").forEach(letters::add);
            after = page.path("next").isTextual() ? "&after=" + page.path("next").asText() : "";
        } while (!after.isEmpty());
        return letters;
    }

    private String serviceOf(String id) {
        var match = ID.matcher(id);
        if (!match.matches()) {
            throw new RefusedException(400, id + " is not the id of a dead letter");
        }
        return known(match.group(1) + "-service");
    }

    private String known(String service) {
        if (!ports.containsKey(service)) {
            throw new RefusedException(404, "there is no " + service);
        }
        return service;
    }

    /** @param body the request's body; empty for a GET */
    private JsonNode call(String service, String path, Optional<String> body) {
        var address = URI.create("http://localhost:" + ports.get(service) + "/api/dead-letters" + path);
        var request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json");
        body.ifPresent(json -> request.POST(BodyPublishers.ofString(json)));
        try {
            var answer = send(request);
            if (answer.statusCode() == 401) {
                token = signIn.get();
                answer = send(request);
            }
            var json = JSON.readTree(answer.body());
            if (answer.statusCode() != 200) {
                throw new RefusedException(answer.statusCode(),
                        service + " refuses: " + PlainText.of(text(json, "detail")));
            }
            return json;
        } catch (IOException e) {
            throw new RefusedException(503, service + " does not answer: is it up?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(503, "interrupted");
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.setHeader("Authorization", "Bearer " + token).build(), BodyHandlers.ofString());
    }

    /** In one short line, without the package of the exception's class. */
    private static String cause(JsonNode letter) {
        var cause = text(letter, "cause").replaceFirst("^[a-z0-9_.]+\\.(?=[A-Z])", "");
        return cause.length() <= SHOWN_OF_CAUSE ? cause : cause.substring(0, SHOWN_OF_CAUSE) + "…";
    }

    private static String text(JsonNode node, String field) {
        return PlainText.of(node.path(field).asText(""));
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
