package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** Refuses what does not even come to the security filters: a program gets a problem, a person the error page. */
final class EarlyRefusals {

    private final HandlerExceptionResolver problems;

    EarlyRefusals(HandlerExceptionResolver problems) {
        this.problems = problems;
    }

    void refuse(HttpServletRequest request, HttpServletResponse response, Exception reason) throws IOException {
        if (response.isCommitted()) {
            // The container has refused the request itself, such as for a body that broke off, and answers it.
            return;
        }
        if (RequestKind.isApi(request) || !RequestKind.isPerson(request)) {
            problems.resolveException(request, response, null, reason);
            return;
        }
        // The status and the headers are those of the problem, whose body stays in here.
        var problem = new ContentCachingResponseWrapper(response);
        problems.resolveException(request, problem, null, reason);
        response.sendError(problem.getStatus());
    }
}
