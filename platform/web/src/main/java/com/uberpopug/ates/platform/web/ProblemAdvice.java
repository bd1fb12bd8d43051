package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.platform.events.Failure;
import com.uberpopug.ates.platform.web.Problems.FieldError;
import com.uberpopug.ates.platform.web.security.SignInTooOldException;
import jakarta.servlet.RequestDispatcher;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Answers every refusal of the REST API as an RFC 9457 problem, without details of internal failures. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);
    /** SQLSTATE character_not_in_repertoire: a text holds U+0000. */
    private static final String NOT_STORABLE = "22021";

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException invalid,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var errors = new ArrayList<FieldError>();
        invalid.getFieldErrors().forEach(error -> errors.add(new FieldError(snakeCase(error.getField()),
                String.valueOf(error.getDefaultMessage()))));
        invalid.getGlobalErrors().forEach(error -> errors.add(new FieldError(error.getObjectName(),
                String.valueOf(error.getDefaultMessage()))));
        return answer(invalid, HttpStatus.UNPROCESSABLE_CONTENT, errors, headers, request);
    }

    @Override
    protected ResponseEntity<Object> handleHandlerMethodValidationException(HandlerMethodValidationException invalid,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var errors = invalid.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream().map(error -> new FieldError(
                        snakeCase(String.valueOf(result.getMethodParameter().getParameterName())),
                        String.valueOf(error.getDefaultMessage()))))
                .toList();
        return answer(invalid, HttpStatus.BAD_REQUEST, errors, headers, request);
    }

    @Override
    protected ResponseEntity<Object> handleTypeMismatch(TypeMismatchException mismatch, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        var parameter = mismatch instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : String.valueOf(mismatch.getPropertyName());
        var errors = List.of(new FieldError(snakeCase(parameter), "must be " + expected(mismatch.getRequiredType())));
        return answer(mismatch, HttpStatus.BAD_REQUEST, errors, headers, request);
    }

    @Override
    protected ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException missing,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var errors = List.of(new FieldError(snakeCase(missing.getParameterName()), "is missing"));
        return answer(missing, HttpStatus.BAD_REQUEST, errors, headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException unreadable,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var tooLarge = causes(unreadable).filter(BodyLimit.TooLargeException.class::isInstance).findFirst();
        if (tooLarge.isPresent()) {
            return answer(unreadable, HttpStatus.CONTENT_TOO_LARGE, String.valueOf(tooLarge.get().getMessage()),
                    headers,
                    request);
        }
        return switch (unreadable.getCause()) {
            case JacksonException misfit when isJson(misfit) && !misfit.getPath().isEmpty() -> answer(unreadable,
                    HttpStatus.UNPROCESSABLE_CONTENT, List.of(new FieldError(path(misfit), misfit(misfit))), headers,
                    request);
            case JacksonException misfit when isJson(misfit) -> answer(unreadable, HttpStatus.UNPROCESSABLE_CONTENT,
                    "The body is JSON, but not the object that is expected here", headers, request);
            case JacksonException malformed when malformed.getLocation() != null -> answer(unreadable,
                    HttpStatus.BAD_REQUEST,
                    "The body is not JSON: line %d, column %d".formatted(malformed.getLocation().getLineNr(),
                            malformed.getLocation().getColumnNr()),
                    headers, request);
            case null, default -> answer(unreadable, HttpStatus.BAD_REQUEST, "The body is missing or cannot be read",
                    headers, request);
        };
    }

    @ExceptionHandler
    ResponseEntity<Object> undecodable(InvalidParameterException undecodable, WebRequest request) {
        return answer(undecodable, HttpStatus.BAD_REQUEST, "A parameter cannot be decoded", new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<Object> tooLarge(BodyLimit.TooLargeException tooLarge, WebRequest request) {
        return answer(tooLarge, HttpStatus.CONTENT_TOO_LARGE, String.valueOf(tooLarge.getMessage()), new HttpHeaders(),
                request);
    }

    @ExceptionHandler
    ResponseEntity<Object> encoded(RequestCheck.EncodedException encoded, WebRequest request) {
        var headers = new HttpHeaders();
        headers.set(HttpHeaders.ACCEPT_ENCODING, RequestCheck.EncodedException.SUPPORTED);
        return answer(encoded, HttpStatus.UNSUPPORTED_MEDIA_TYPE, String.valueOf(encoded.getMessage()), headers,
                request);
    }

    /** By the firewall, whose reasons are not made for programs. */
    @ExceptionHandler
    ResponseEntity<Object> rejected(RequestRejectedException rejected, WebRequest request) {
        return answer(rejected, HttpStatus.BAD_REQUEST,
                "The path, a header or a parameter holds something that none may hold", new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<Object> notAuthenticated(AuthenticationException refused, WebRequest request) {
        if (refused instanceof AuthenticationServiceException) {
            return unavailable(refused, request);
        }
        if (refused instanceof SignInTooOldException) {
            return answer(refused, HttpStatus.UNAUTHORIZED,
                    refused.getMessage() + ". Nothing was done: sign in again, then repeat it", new HttpHeaders(),
                    request);
        }
        return answer(refused, HttpStatus.UNAUTHORIZED, "A valid access token is needed", new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<Object> notAllowed(AccessDeniedException refused, WebRequest request) {
        return answer(refused, HttpStatus.FORBIDDEN, String.valueOf(refused.getMessage()), new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<Object> changedMeanwhile(OptimisticLockingFailureException conflict, WebRequest request) {
        return answer(conflict, HttpStatus.CONFLICT, "Somebody else changed it at the same time; look again and retry",
                new HttpHeaders(), request);
    }

    /** Besides all that {@link Failure} knows to pass: a commit or a rollback that did not come through. */
    @ExceptionHandler(TransactionSystemException.class)
    ResponseEntity<Object> unavailable(Exception away, WebRequest request) {
        log.warn("Answered 503: {}", away.toString());
        return notNow(away, "Something that is needed is away for a moment; try again", request);
    }

    @ExceptionHandler
    ResponseEntity<Object> tooMany(RequestLimit.ReachedException reached, WebRequest request) {
        return notNow(reached, String.valueOf(reached.getMessage()), request);
    }

    private ResponseEntity<Object> notNow(Exception reason, String detail, WebRequest request) {
        var headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, "1");
        return answer(reason, HttpStatus.SERVICE_UNAVAILABLE, detail, headers, request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> broken(Exception broken, WebRequest request) {
        if (causes(broken).anyMatch(ClientAbortException.class::isInstance)) {
            // Nobody listens any more.
            log.debug("The client hung up", broken);
            return null;
        }
        var contentType = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (contentType != null && contentType.contains("*")) {
            // Spring trips over a wildcard there, with an exception that does not name it.
            return answer(broken, HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must name one type",
                    new HttpHeaders(), request);
        }
        if (Failure.willPass(broken)) {
            return unavailable(broken, request);
        }
        if (causes(broken).anyMatch(
                cause -> cause instanceof SQLException sql && NOT_STORABLE.equals(sql.getSQLState()))) {
            return answer(broken, HttpStatus.BAD_REQUEST, "A text holds the character U+0000", new HttpHeaders(),
                    request);
        }
        log.error("Answered 500", broken);
        return answer(broken, HttpStatus.INTERNAL_SERVER_ERROR, "This is our mistake, and it is in our log",
                new HttpHeaders(), request);
    }

    private ResponseEntity<Object> answer(Exception cause, HttpStatus status, List<FieldError> errors,
            HttpHeaders headers, WebRequest request) {
        return answer(cause, Problems.detail(status, errors), headers, request);
    }

    private ResponseEntity<Object> answer(Exception cause, HttpStatus status, String detail, HttpHeaders headers,
            WebRequest request) {
        return answer(cause, ProblemDetail.forStatusAndDetail(status, detail), headers, request);
    }

    private ResponseEntity<Object> answer(Exception cause, ProblemDetail problem, HttpHeaders headers,
            WebRequest request) {
        var answer = handleExceptionInternal(cause, problem, headers, HttpStatusCode.valueOf(problem.getStatus()),
                request);
        if (answer == null) {
            // Nobody answers then, and the server breaks the connection: what was sent must not look complete.
            throw new IllegalStateException("A part of another answer is sent already", cause);
        }
        return answer;
    }

    /** Named here and not negotiated, so that even who accepts nothing that we have is refused in this form. */
    @Override
    protected ResponseEntity<Object> createResponseEntity(@Nullable Object problem, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        if (problem instanceof ProblemDetail detail && request instanceof ServletWebRequest refused) {
            // Spring would trip over a path of which no URI can be made.
            // Where a filter has failed, this is the error page's request.
            var first = refused.getRequest().getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
            detail.setInstance(Problems.instance(
                    first instanceof String path ? path : refused.getRequest().getRequestURI()));
        }
        return ResponseEntity.status(status).headers(headers).contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(20);
    }

    private static String expected(@Nullable Class<?> type) {
        return switch (type == null ? "" : type.getSimpleName()) {
            case "UUID" -> "a UUID";
            case "LocalDate" -> "a date such as 2026-11-22";
            case "Integer", "Long" -> "a whole number";
            case "Boolean" -> "true or false";
            default -> "of another kind";
        };
    }

    /** Whether it was the value that was wrong, such as a number with too many digits, and not the notation. */
    private static boolean isJson(JacksonException misfit) {
        return misfit instanceof DatabindException || misfit instanceof InputCoercionException;
    }

    private static String path(JacksonException misfit) {
        var path = new StringBuilder();
        misfit.getPath().forEach(step -> {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        });
        return path.toString();
    }

    private static String misfit(JacksonException misfit) {
        return switch (misfit) {
            case UnrecognizedPropertyException _ -> "is not a field of this";
            case InvalidNullException _ -> "must not be null: leave it out where it is to stay as it is";
            case InvalidFormatException format -> "does not take this value: "
                    + shortened(String.valueOf(format.getValue()));
            default -> "does not take a value of this kind";
        };
    }

    private static String shortened(String value) {
        return value.codePointCount(0, value.length()) <= 50
                ? value
                : value.substring(0, value.offsetByCodePoints(0, 50)) + "…";
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }
}
