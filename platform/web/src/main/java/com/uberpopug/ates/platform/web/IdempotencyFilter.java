package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.platform.web.IdempotencyKeys.Answer;
import com.uberpopug.ates.platform.web.IdempotencyKeys.Asked;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Does a POST that names an {@code Idempotency-Key} once, and gives its answer to every repetition for 24 hours.
 *
 * <p>The key is taken as it stands, quotes included.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">The Idempotency-Key HTTP
 *      Header Field</a>
 */
final class IdempotencyFilter extends OncePerRequestFilter {

    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1," + IdempotencyKeys.MAX_LENGTH + "}");

    private final OnceOnly onceOnly;
    private final HandlerExceptionResolver problems;

    IdempotencyFilter(OnceOnly onceOnly, HandlerExceptionResolver problems) {
        this.onceOnly = onceOnly;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.POST.matches(request.getMethod())
                || !request.getHeaders(IdempotencyKeys.KEY).hasMoreElements();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        var captured = new ContentCachingResponseWrapper(response);
        Optional<Answer> known;
        try {
            var key = key(request);
            // A body that comes slowly is waited for before the transaction begins.
            var body = body(request);
            var asked = new Asked(UUID.fromString(request.getUserPrincipal().getName()), key,
                    request.getRequestURI() + "?" + request.getQueryString(), body);
            known = onceOnly.handle(asked, () -> chain.doFilter(new Reread(request, body), captured), captured);
        } catch (RuntimeException refused) {
            if (response.isCommitted()) {
                // The container has refused the body itself, and answers.
                return;
            }
            response.reset();
            problems.resolveException(request, response, null, refused);
            return;
        }
        if (known.isPresent()) {
            response.reset();
            response.setHeader(IdempotencyKeys.REPLAYED, "true");
            OnceOnly.repeat(known.get(), response);
        } else {
            captured.copyBodyToResponse();
        }
    }

    private static String key(HttpServletRequest request) {
        try {
            var values = Collections.list(request.getHeaders(IdempotencyKeys.KEY));
            if (values.size() == 1 && PRINTABLE.matcher(values.getFirst()).matches()) {
                return values.getFirst();
            }
        } catch (RequestRejectedException e) {
            // The firewall hands out no header that holds control characters.
        }
        throw Problems.badRequest(IdempotencyKeys.KEY, IdempotencyKeys.RULE);
    }

    private static byte[] body(HttpServletRequest request) {
        try {
            return request.getInputStream().readAllBytes();
        } catch (IOException unreadable) {
            throw new HttpMessageNotReadableException("The body cannot be read", unreadable,
                    new ServletServerHttpRequest(request));
        }
    }

    /** A request whose body was read, and can be read again. */
    private static final class Reread extends HttpServletRequestWrapper {

        private final byte[] body;

        Reread(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            var stream = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return stream.read();
                }

                @Override
                public int read(byte[] bytes, int offset, int length) {
                    return stream.read(bytes, offset, length);
                }

                @Override
                public boolean isFinished() {
                    return stream.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException("Nothing here is read asynchronously");
                }
            };
        }
    }
}
