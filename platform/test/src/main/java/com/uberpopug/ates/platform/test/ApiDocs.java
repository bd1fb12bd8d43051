package com.uberpopug.ates.platform.test;

import io.swagger.v3.parser.OpenAPIV3Parser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds gaps and errors in the OpenAPI description of a service. */
public final class ApiDocs {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final JsonNode docs;
    private final List<String> gaps = new ArrayList<>();

    private ApiDocs(JsonNode docs) {
        this.docs = docs;
    }

    /** The gaps in a running service's description; empty if it is complete. */
    public static List<String> gaps(int port) {
        try (var http = HttpClient.newHttpClient()) {
            var uri = URI.create("http://localhost:" + port + "/v3/api-docs");
            var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            var docs = new ApiDocs(new JsonMapper().readTree(answer.body()));
            docs.gaps.addAll(new OpenAPIV3Parser().readContents(answer.body()).getMessages());
            return docs.find();
        } catch (IOException e) {
            throw new IllegalStateException("The OpenAPI description cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * The operations that ignore an {@code If-Match} with an unknown version. An operation with versions must refuse
     * it; any other must answer 412.
     *
     * @param token an access token of an admin
     */
    public static List<String> passOverConditions(int port, String token) {
        try (var http = HttpClient.newHttpClient()) {
            var service = "http://localhost:" + port;
            var docs = new JsonMapper().readTree(http.send(HttpRequest
                    .newBuilder(URI.create(service + "/v3/api-docs")).build(), BodyHandlers.ofString()).body());
            var wrong = new ArrayList<String>();
            for (var path : docs.path("paths").properties()) {
                for (var operation : path.getValue().properties()) {
                    var method = operation.getKey().toUpperCase(Locale.ROOT);
                    if (!method.equals("GET")) {
                        var answer = http.send(HttpRequest.newBuilder(URI.create(service + example(path.getKey(),
                                operation.getValue()))).header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json").header("If-Match", "\"of nothing\"")
                                .method(method, BodyPublishers.ofString("{}")).build(), BodyHandlers.ofString());
                        var hasVersions = operation.getValue().path("responses").has("412");
                        if (hasVersions ? answer.statusCode() < 400 : answer.statusCode() != 412) {
                            wrong.add(method + " " + path.getKey() + ": " + answer.statusCode());
                        }
                    }
                }
            }
            return wrong;
        } catch (IOException e) {
            throw new IllegalStateException("The service did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String example(String path, JsonNode operation) {
        for (var parameter : operation.path("parameters")) {
            var example = parameter.has("example") ? parameter.path("example") : parameter.at("/schema/example");
            path = path.replace("{" + parameter.path("name").asString() + "}", example.asString());
        }
        return path;
    }

    private List<String> find() {
        for (var field : List.of("title", "version", "description")) {
            expect(docs.at("/info/" + field), "info: " + field);
        }
        expect(docs.at("/servers/0/url").asString().equals("/"), "a server that is relative");
        expect(docs.at("/components/securitySchemes/bearer"), "bearer as a security scheme");
        expect(docs.at("/security/0/bearer"), "bearer as a requirement of every operation");
        docs.path("tags").forEach(tag -> expect(tag.path("description"), "tag " + tag.path("name") + ": description"));
        docs.path("paths").properties().forEach(path -> path.getValue().properties().forEach(
                operation -> operation(operation.getKey() + " " + path.getKey(), operation.getValue())));
        docs.at("/components/schemas").properties().forEach(schema -> schema(schema.getKey(), schema.getValue()));
        docs.findValuesAsString("$ref").forEach(reference -> expect(docs.at(reference.substring(1)), reference));
        return gaps;
    }

    private void operation(String name, JsonNode operation) {
        expect(operation.path("summary"), name + ": summary");
        expect(!operation.path("tags").isEmpty(), name + ": a tag");
        operation.path("parameters").forEach(parameter -> parameter(name, parameter));
        var responses = operation.path("responses");
        expect(responses.propertyNames().stream().filter(code -> code.startsWith("2")).count() == 1,
                name + ": exactly one success status");
        refusals(name, operation).forEach(code -> expect(responses.path(code), name + ": " + code));
        responses.properties().forEach(response -> response(name, response.getKey(), response.getValue()));
    }

    private void parameter(String operation, JsonNode parameter) {
        var name = parameter.path("name").asString();
        var place = operation + ": " + name + ": ";
        var schema = parameter.path("schema");
        expect(parameter.path("description"), place + "description");
        expect(parameter.has("example") || schema.has("example") || schema.path("items").has("example"),
                place + "example");
        if (name.equals("limit")) {
            List.of("minimum", "maximum", "default").forEach(bound -> expect(schema.path(bound), place + bound));
        }
        if (parameter.path("in").asString().equals("query") && schema.path("type").asString().equals("string")
                && !schema.has("enum") && !schema.has("format")) {
            expect(schema.path("maxLength"), place + "maxLength");
        }
    }

    private static Set<String> refusals(String name, JsonNode operation) {
        var codes = new TreeSet<>(Set.of("401", "403", "503"));
        if (operation.has("parameters") || operation.has("requestBody")) {
            codes.add("400");
        }
        if (name.contains("{")) {
            codes.add("404");
        }
        if (name.startsWith("post ")) {
            codes.addAll(Set.of("409", "413", "422"));
        }
        if (operation.has("requestBody")) {
            codes.addAll(Set.of("413", "415", "422"));
        }
        return codes;
    }

    private void response(String operation, String code, JsonNode response) {
        var place = operation + ": " + code + ": ";
        expect(response.path("description"), place + "description");
        if (code.startsWith("2")) {
            expect(code.equals("204") || !response.path("content").isEmpty(), place + "content");
            if (code.equals("201") || code.equals("202")) {
                expect(response.at("/headers/Location/schema/example"), place + "Location");
            }
            if (operation.startsWith("post ")) {
                expect(response.at("/headers/Idempotent-Replayed"), place + "Idempotent-Replayed");
                expect(docs.path("paths").path(operation.substring(5)).at("/post/parameters").valueStream()
                        .anyMatch(parameter -> parameter.path("name").asString().equals("Idempotency-Key")
                                && parameter.at("/schema/maxLength").asInt() == 200),
                        operation + ": Idempotency-Key");
            }
        } else if (!code.equals("304")) {
            var content = response.path("content");
            var problem = content.path(PROBLEM_JSON);
            expect(content.size() == 1, place + "only as " + PROBLEM_JSON);
            expect(problem.at("/schema/$ref").asString().equals("#/components/schemas/Problem"), place + "Problem");
            expect(code.equals("default") || problem.at("/example/status").asString().equals(code),
                    place + "example");
        }
    }

    private void schema(String name, JsonNode schema) {
        expect(schema.path("description"), name + ": description");
        schema.path("properties").properties().forEach(property -> {
            var place = name + "." + property.getKey() + ": ";
            var value = property.getValue();
            expect(value.path("description"), place + "description");
            var isComposed = value.has("$ref") || value.has("anyOf") || value.path("items").has("$ref");
            expect(isComposed || value.has("example") || value.path("items").has("example")
                    || value.path("items").has("properties"), place + "example");
            if (value.has("enum") && value.has("example")) {
                expect(value.path("enum").valueStream().anyMatch(value.path("example")::equals),
                        place + "example among the enum's values");
            }
            if (property.getKey().endsWith("_cents")) {
                expect(value.path("description").asString().contains("ents"), place + "unit");
            }
        });
    }

    private void expect(JsonNode there, String what) {
        expect(!there.isMissingNode() && !(there.isString() && there.asString().isBlank()), what);
    }

    private void expect(boolean isThere, String what) {
        if (!isThere) {
            gaps.add(what);
        }
    }
}
