package com.uberpopug.ates.platform.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.IdempotencyKeys.Answer;
import com.uberpopug.ates.platform.web.IdempotencyKeys.Asked;
import com.uberpopug.ates.platform.web.security.HandlerAccess;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Handles a form once, also when it is sent by a double click, or again from the browser's history.
 *
 * <p>A form that takes part has a hidden field {@value IdempotencyKeys#FIELD} with a key of its own. What was typed counts with the
 * key: who goes back, types something else and sends that means something else.
 */
final class FormFilter extends OncePerRequestFilter {

    /** Nobody has typed it, and it may be written anew. */
    private static final String CSRF_TOKEN = "_csrf";
    private static final int MAX_KEY = 100;
    /** How a redirect is answered. */
    private static final HttpStatus FOR_SCRIPT = HttpStatus.CREATED;
    private static final HttpStatus FOR_BROWSER = HttpStatus.SEE_OTHER;
    /**
     * The field by which the script that keeps drafts requests a cookie once the form was handled; the script removes
     * it.
     */
    private static final String DRAFT = "draft";
    private static final String SENT_COOKIE = "ates_sent_";
    private static final Pattern KEY = Pattern.compile("[0-9a-f-]{36}");
    private static final Duration TOLD_WITHIN = Duration.ofMinutes(5);

    private final OnceOnly onceOnly;

    private final HandlerAccess handlers;

    FormFilter(OnceOnly onceOnly, HandlerAccess handlers) {
        this.onceOnly = onceOnly;
        this.handlers = handlers;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.POST.matches(request.getMethod()) || RequestKind.isApi(request)
                || user(request).isEmpty() || request.getParameter(IdempotencyKeys.FIELD) == null
                || request.getParameter(IdempotencyKeys.FIELD).length() > MAX_KEY
                || handlers.handler(request).map(handler -> handler.hasMethodAnnotation(RepeatsFreely.class))
                        .orElse(false);
    }

    /** Empty without a sign-in, and for programs, which have names of their own. */
    private static Optional<UUID> user(HttpServletRequest request) {
        return Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName).flatMap(Ids::parsed);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        var form = new TreeMap<>(request.getParameterMap()).entrySet().stream()
                .filter(field -> !field.getKey().equals(CSRF_TOKEN))
                .map(field -> field.getKey() + "=" + Arrays.toString(field.getValue()))
                .collect(Collectors.joining("\n"));
        var asked = new Asked(user(request).orElseThrow(), request.getRequestURI() + form,
                request.getRequestURI(), form.getBytes(UTF_8));
        var captured = new Captured(request, response);
        Optional<Answer> known;
        try {
            known = onceOnly.handle(asked, () -> chain.doFilter(request, captured), captured);
        } catch (ErrorResponseException refused) {
            response.reset();
            response.sendError(refused.getStatusCode().value());
            return;
        }
        if (known.isPresent()) {
            response.reset();
            tellSent(known.get().status(), request, response);
            OnceOnly.repeat(known.get(), response);
        } else {
            tellSent(captured.getStatus(), request, response);
            captured.copyBodyToResponse();
        }
    }

    /** A form that was handled leads to another page; other answers are questions or refusals. */
    private static void tellSent(int status, HttpServletRequest request, HttpServletResponse response) {
        var key = request.getParameter(IdempotencyKeys.FIELD);
        if ((status == FOR_SCRIPT.value() || status == FOR_BROWSER.value()) && request.getParameter(DRAFT) != null
                && KEY.matcher(key).matches()) {
            var sent = new Cookie(SENT_COOKIE + key, "");
            sent.setPath("/");
            sent.setMaxAge((int) TOLD_WITHIN.toSeconds());
            sent.setAttribute("SameSite", "Lax");
            response.addCookie(sent);
        }
    }

    /**
     * The browser must not follow a redirect before what it wants to see is committed; htmx is to leave it to the page.
     */
    private static final class Captured extends ContentCachingResponseWrapper {

        private final boolean forScript;

        Captured(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            forScript = RequestKind.isWithinPage(request);
        }

        @Override
        public void sendRedirect(String location) {
            setStatus((forScript ? FOR_SCRIPT : FOR_BROWSER).value());
            setHeader(HttpHeaders.LOCATION, location);
        }
    }
}
