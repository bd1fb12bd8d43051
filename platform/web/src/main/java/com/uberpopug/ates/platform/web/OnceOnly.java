package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.platform.web.IdempotencyKeys.Answer;
import com.uberpopug.ates.platform.web.IdempotencyKeys.Asked;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Handles a request once, and remembers its answer.
 *
 * <p>What the request does joins the transaction that is begun here, and the answer is stored in it: either both are
 * there or neither. A refusal (4xx, 5xx) is rolled back with all that was done before it and leaves no trace, so that
 * the next try is a first one: who may do it, what it needs and what stands in its way may have changed, and what is
 * wrong with the request itself is found again.
 */
final class OnceOnly {

    private final IdempotencyKeys keys;
    private final TransactionOperations transaction;

    OnceOnly(IdempotencyKeys keys, TransactionOperations transaction) {
        this.keys = keys;
        this.transaction = transaction;
    }

    /** The rest of a request's filters, and its handler. */
    interface Handling {
        void run() throws ServletException, IOException;
    }

    /** Handles the request, unless it was answered before: then that answer is returned. */
    Optional<Answer> handle(Asked asked, Handling handling, ContentCachingResponseWrapper response) {
        return Objects.requireNonNull(transaction.execute(status -> {
            var before = keys.claim(asked);
            if (before.isEmpty()) {
                run(handling);
                // A handler that found nothing to do may have ended the common transaction; then there is no answer to keep.
                if (response.getStatus() < 400 && !status.isRollbackOnly()) {
                    keys.keep(asked, answer(response));
                } else {
                    status.setRollbackOnly();
                }
            }
            return before;
        }));
    }

    private static void run(Handling handling) {
        try {
            handling.run();
        } catch (ServletException | IOException failed) {
            throw new IllegalStateException("The request was not handled", failed);
        }
    }

    private static Answer answer(ContentCachingResponseWrapper response) {
        return new Answer(response.getStatus(), response.getContentType(), response.getHeader(HttpHeaders.LOCATION),
                response.getHeader(HttpHeaders.ETAG), response.getContentAsByteArray());
    }

    static void repeat(Answer answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        response.setContentType(answer.contentType());
        response.setHeader(HttpHeaders.LOCATION, answer.location());
        response.setHeader(HttpHeaders.ETAG, answer.etag());
        response.setContentLength(answer.body().length);
        response.getOutputStream().write(answer.body());
    }
}
