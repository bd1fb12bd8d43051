package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Lets requests for a dead letter's content take turns: a record of 32 MB takes several times that of the heap until it
 * is written.
 */
final class DeadLetterTurns implements HandlerInterceptor {

    /** The paths at which a record is read whole. */
    static final String[] PATHS = {"/api/dead-letters/*", "/api/dead-letters/*/replay", "/pipeline/*",
            "/pipeline/*/replay"};

    private static final int AT_ONCE = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final Semaphore free = new Semaphore(AT_ONCE, true);

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws InterruptedException {
        if (!free.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw Problems.notNow("Other dead letters are being read; try again", RETRY_AFTER);
        }
        return true;
    }

    @Override
    public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
            @Nullable Exception failure) {
        free.release();
    }
}
