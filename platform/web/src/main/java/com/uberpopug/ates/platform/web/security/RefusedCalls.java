package com.uberpopug.ates.platform.web.security;

import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Records calls that were refused, by the status of the answer, from any handler or filter. A request that brings no credentials
 * is only asked for some.
 */
final class RefusedCalls extends OncePerRequestFilter {

    private final SecurityLog securityLog;

    RefusedCalls(SecurityLog securityLog) {
        this.securityLog = securityLog;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        int status = response.getStatus();
        if (status == HttpStatus.FORBIDDEN.value()) {
            record(SecurityKind.CALL_REFUSED, request);
        } else if (status == HttpStatus.UNAUTHORIZED.value() && request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
            record(SecurityKind.TOKEN_REFUSED, request);
        }
    }

    /** The query is left out: it may hold a secret. */
    private void record(SecurityKind kind, HttpServletRequest request) {
        securityLog.recordFailure(SecurityEntry.refused(kind).of(request.getMethod() + " " + request.getRequestURI()));
    }
}
