package com.uberpopug.ates.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests that no endpoint can take: a body that is compressed, parameters that are not
 * UTF-8, and those with characters that PostgreSQL cannot store. Parameters whose names are paths are left out.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16">RFC 9110, 415 Unsupported Media Type</a>
 */
final class RequestCheck extends OncePerRequestFilter {

    private final EarlyRefusals refusals;
    private final boolean ofApi;

    /** @param ofApi whether it checks the requests to the API, or all others */
    RequestCheck(EarlyRefusals refusals, boolean ofApi) {
        this.refusals = refusals;
        this.ofApi = ofApi;
    }

    /** The body has a {@code Content-Encoding}. */
    static final class EncodedException extends Exception {

        /** The one coding that is supported, for the header {@code Accept-Encoding}. */
        static final String SUPPORTED = "identity";

        EncodedException() {
            super("A body must not be compressed: its Content-Encoding may be " + SUPPORTED + " only", null, false,
                    false);
        }
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return RequestKind.isApi(request) != ofApi;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var reason = isEncoded(request) ? Optional.of(new EncodedException()) : reason(request);
        if (reason.isPresent()) {
            refusals.refuse(request, response, reason.get());
        } else {
            chain.doFilter(FlatParameters.of(request), response);
        }
    }

    private static boolean isEncoded(HttpServletRequest request) {
        return Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)).stream().map(String::strip)
                .anyMatch(coding -> !coding.isEmpty() && !coding.equalsIgnoreCase(EncodedException.SUPPORTED));
    }

    private static Optional<? extends Exception> reason(HttpServletRequest request) {
        try {
            return request.getParameterMap().entrySet().stream().filter(RequestCheck::isNotStorable).findFirst()
                    .map(parameter -> Problems.badRequest(parameter.getKey(),
                            "must not hold U+0000 or halves of surrogate pairs"));
        } catch (InvalidParameterException undecodable) {
            return Optional.of(undecodable.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value()
                    ? new BodyLimit.TooLargeException()
                    : undecodable);
        }
    }

    private static boolean isNotStorable(Map.Entry<String, String[]> parameter) {
        return !isStorable(parameter.getKey())
                || !Arrays.stream(parameter.getValue()).allMatch(RequestCheck::isStorable);
    }

    private static boolean isStorable(String text) {
        return text.codePoints()
                .noneMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /**
     * A request without the parameters whose names are paths, such as {@code limit.x} or {@code limit[0]}: there is
     * nothing within our parameters, and Spring's binders fail on the way there.
     */
    private static final class FlatParameters extends HttpServletRequestWrapper {

        private final Map<String, String[]> flat;

        private FlatParameters(HttpServletRequest request, Map<String, String[]> flat) {
            super(request);
            this.flat = Collections.unmodifiableMap(flat);
        }

        static HttpServletRequest of(HttpServletRequest request) {
            var flat = new LinkedHashMap<>(request.getParameterMap());
            return flat.keySet().removeIf(FlatParameters::isPath) ? new FlatParameters(request, flat) : request;
        }

        private static boolean isPath(String name) {
            return name.chars().anyMatch(c -> c == '.' || c == '[' || c == ']');
        }

        @Override
        public @Nullable String getParameter(String name) {
            var values = flat.get(name);
            return values == null ? null : values[0];
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            return flat;
        }

        @Override
        public Enumeration<String> getParameterNames() {
            return Collections.enumeration(flat.keySet());
        }

        @Override
        public String @Nullable [] getParameterValues(String name) {
            var values = flat.get(name);
            return values == null ? null : values.clone();
        }
    }
}
