package com.uberpopug.ates.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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

    private final EarlyRefusals refusals;
    private final Semaphore free = new Semaphore(MAX_REQUESTS);

    RequestLimit(EarlyRefusals refusals) {
        this.refusals = refusals;
    }

    /** {@value #MAX_REQUESTS} requests are in progress. */
    static final class ReachedException extends Exception {
        ReachedException() {
            super("There are " + MAX_REQUESTS + " requests in progress here; try again in a second", null, false,
                    false);
        }
    }

    /**
     * A stream of live updates waits nearly all the time, and has bounds of its own; a probe must always be answered.
     */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getRequestURI().equals("/live") || request.getRequestURI().startsWith("/actuator/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!free.tryAcquire()) {
            refusals.refuse(request, response, new ReachedException());
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            free.release();
        }
    }
}
