package com.uberpopug.ates.platform.web.openapi;

import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Problems.FieldError;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * A problem that an operation may answer with.
 *
 * @param why   when it does
 * @param error what its example blames; null where no field or parameter is to blame
 */
record Refusal(HttpStatus status, String why, @Nullable FieldError error) {

    static final String SCHEMA = "Problem";

    Refusal(HttpStatus status, String why) {
        this(status, why, null);
    }

    String code() {
        return String.valueOf(status.value());
    }

    ApiResponse response() {
        var response = new ApiResponse().description(why).content(content());
        return switch (status) {
            case UNAUTHORIZED -> response.addHeaderObject(HttpHeaders.WWW_AUTHENTICATE, new Header()
                    .description("By RFC 6750").schema(type("string").example("Bearer error=\"invalid_token\"")));
            case SERVICE_UNAVAILABLE -> response.addHeaderObject(HttpHeaders.RETRY_AFTER, new Header()
                    .description("In how many seconds to try again").schema(type("integer").example(1)));
            default -> response;
        };
    }

    Content content() {
        var example = new LinkedHashMap<String, Object>();
        example.put("title", status.getReasonPhrase());
        example.put("status", status.value());
        if (error == null) {
            example.put("detail", why);
        } else {
            example.put("detail", error.field() + " " + error.message());
            example.put("errors", List.of(Map.of("field", error.field(), "message", error.message())));
        }
        return new Content().addMediaType("application/problem+json",
                new MediaType().schema(new JsonSchema().$ref(SCHEMA)).example(example));
    }

    static Schema<?> schema() {
        var error = type("object").description("One thing that is wrong with what came in")
                .required(List.of("field", "message"))
                .addProperty("field", type("string").description("The field, parameter or header").example("limit"))
                .addProperty("message", type("string").description("What is wrong with it")
                        .example("must be between 1 and " + Page.MAX_LIMIT));
        return type("object").description("Why a request was refused, by RFC 9457").required(List.of("title", "status"))
                .addProperty("title", type("string").description("The status in words").example("Bad Request"))
                .addProperty("status", type("integer").description("The HTTP status").example(400))
                .addProperty("detail", type("string").description("What is wrong, for people to read")
                        .example("limit must be between 1 and " + Page.MAX_LIMIT))
                .addProperty("instance", type("string").format("uri-reference")
                        .description("The path that was asked for").example("/api/dead-letters"))
                .addProperty("errors", type("array").items(error)
                        .description("What is wrong with each field; left out where no field is to blame"));
    }

    static Schema<?> type(String type) {
        return new JsonSchema().types(Set.of(type));
    }
}
