package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** A service's answer. Every answer is checked for a server error and for internals of the service. */
record Answer(HttpResponse<String> response) {

    static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    Answer {
        KnownSecrets.ofThisRun().noteAll(response);
        assertThat(response.statusCode()).as("%s: %s", response.request(), response.body()).isLessThan(500);
        assertThat(response.body()).as("%s", response.request())
                .doesNotContain("Exception", "\tat ", "org.springframework", "org.postgresql", "com.uberpopug");
    }

    int status() {
        return response.statusCode();
    }

    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    JsonNode json() {
        return JSON.readTree(response.body());
    }

    <T> T as(Class<T> type) {
        return JSON.readValue(response.body(), type);
    }

    Answer is(int status) {
        assertThat(status()).as("%s: %s", response.request(), response.body()).isEqualTo(status);
        return this;
    }

    /** A refusal in the form of RFC 9457. */
    Answer isProblem(int status) {
        is(status);
        assertThat(header("Content-Type")).as("%s", response.request()).isEqualTo("application/problem+json");
        assertThat(json().path("status").asInt()).as("%s: %s", response.request(), response.body()).isEqualTo(status);
        assertThat(json().path("title").asString("")).as("%s: %s", response.request(), response.body()).isNotBlank();
        return this;
    }

    /** A refusal that names exactly these fields or parameters. */
    void isProblemWith(int status, String... fields) {
        isProblem(status);
        assertThat(faultyFields()).as("%s: %s", response.request(), response.body()).containsExactlyInAnyOrder(fields);
    }

    private List<String> faultyFields() {
        return json().path("errors").values().stream().map(error -> error.path("field").asString("")).toList();
    }
}
