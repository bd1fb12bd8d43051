package com.uberpopug.ates.platform.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.util.UriUtils;

/**
 * The refusals of REST calls.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457, Problem Details for HTTP APIs</a>
 */
public final class Problems {

    private Problems() {
    }

    /** One thing that is wrong with what came in: the field or parameter, and why. */
    public record FieldError(String field, String message) {
    }

    /** 404: there is no such thing, or none for this caller. */
    public static ErrorResponseException notFound(String detail) {
        return problem(HttpStatus.NOT_FOUND, detail);
    }

    /** 403: the caller may not do this. */
    public static ErrorResponseException forbidden(String detail) {
        return problem(HttpStatus.FORBIDDEN, detail);
    }

    /** 409: the state of things does not allow it. */
    public static ErrorResponseException conflict(String detail) {
        return problem(HttpStatus.CONFLICT, detail);
    }

    /** 422: a field of the body has a value that it must not have. */
    public static ErrorResponseException unprocessable(String field, String message) {
        return invalid(HttpStatus.UNPROCESSABLE_CONTENT, List.of(new FieldError(field, message)));
    }

    /** 422: the request is understood, and cannot be done. */
    public static ErrorResponseException unprocessable(String detail) {
        return problem(HttpStatus.UNPROCESSABLE_CONTENT, detail);
    }

    /** 400: a parameter cannot be understood. */
    public static ErrorResponseException badRequest(String field, String message) {
        return invalid(HttpStatus.BAD_REQUEST, List.of(new FieldError(field, message)));
    }

    /** 503: it can be done, but not now; with {@code Retry-After}. */
    public static ErrorResponseException notNow(String detail, Duration retryAfter) {
        var problem = problem(HttpStatus.SERVICE_UNAVAILABLE, detail);
        problem.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter.toSeconds()));
        return problem;
    }

    /** The path of a request as a problem's {@code instance}. */
    static URI instance(String path) {
        try {
            return new URI(path);
        } catch (URISyntaxException e) {
            return URI.create(UriUtils.encode(path, StandardCharsets.UTF_8));
        }
    }

    private static ErrorResponseException problem(HttpStatus status, String detail) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }

    private static ErrorResponseException invalid(HttpStatus status, List<FieldError> errors) {
        return new ErrorResponseException(status, detail(status, errors), null);
    }

    static ProblemDetail detail(HttpStatus status, List<FieldError> errors) {
        var first = errors.getFirst();
        var problem = ProblemDetail.forStatusAndDetail(status, first.field() + " " + first.message());
        problem.setProperty("errors", errors);
        return problem;
    }
}
