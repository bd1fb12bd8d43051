package com.uberpopug.ates.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests beyond those that an instance can serve; accepted, they would only wait for a connection to the
 * database.
 *
 * <p>Tomcat's {@code SemaphoreValve} stands outside of the application: its refusals would be neither problems with a
 * {@code Retry-After} nor error pages.
 */
public final class RequestLimit extends OncePerRequestFilter {

    /** Ten times the connections to the database: beyond, a request would wait longer than its caller does. */
    public static final int MAX_REQUESTS = 200;
    /**
     * Files and documents of the API, which need no database. Everybody may read them, and as slowly as they like: those
     * who do take these places, and not those of requests.
     */
    public static final int MAX_FILES = 100;
    private static final List<String> FILES = List.of("/shell/", "/webjars/", "/swagger-ui", "/v3/api-docs");

    private final EarlyRefusals refusals;
    private final Semaphore free = new Semaphore(MAX_REQUESTS);
    private final Semaphore freeForFiles = new Semaphore(MAX_FILES);

    RequestLimit(EarlyRefusals refusals) {
        this.refusals = refusals;
    }

    /** {@value #MAX_REQUESTS} requests, or {@value #MAX_FILES} for files, are in progress. */
    static final class ReachedException extends Exception {
        ReachedException(int most) {
            super("There are " + most + " such requests in progress here; try again in a second", null, false, false);
        }
    }

    /**
     * A stream of live updates waits nearly all the time, and has bounds of its own; a probe must always be answered.
     */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getServletPath().equals("/live") || request.getServletPath().startsWith("/actuator/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean isFile = FILES.stream().anyMatch(request.getServletPath()::startsWith);
        var places = isFile ? freeForFiles : free;
        if (!places.tryAcquire()) {
            refusals.refuse(request, response, new ReachedException(isFile ? MAX_FILES : MAX_REQUESTS));
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            places.release();
        }
    }
}
