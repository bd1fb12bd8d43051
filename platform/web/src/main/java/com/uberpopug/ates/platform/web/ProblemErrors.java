package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers refusals of the container itself, such as of a request that Spring Security's firewall rejects, as problems.
 * A filter that fails is answered by the rules for handlers that fail.
 */
@RestController
final class ProblemErrors implements ErrorController {

    private final HandlerExceptionResolver problems;

    ProblemErrors(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.problems = problems;
    }

    @RequestMapping("/error")
    @AllowedToAnyone
    @Nullable
    ResponseEntity<ProblemDetail> problem(HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            // Half of another answer is sent: the container breaks the connection.
            return null;
        }
        var status = HttpStatusCode.valueOf(
                request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 404);
        // The container has set another status where it knows better, such as for a body that broke off.
        if (status.value() == HttpStatus.INTERNAL_SERVER_ERROR.value()
                && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Exception failure) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
            problems.resolveException(request, response, null, failure);
            return null;
        }
        var problem = ProblemDetail.forStatus(status);
        if (request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String path) {
            problem.setInstance(Problems.instance(path));
        }
        // The headers of a file may be set already, with a year in the cache.
        return ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .cacheControl(CacheControl.noStore()).body(problem);
    }

    /**
     * Answers Tomcat's refusals before any of our code runs, such as of a request line that is not HTTP, as problems.
     */
    static final class Valve extends ErrorReportValve {

        @Override
        protected void report(Request request, Response response, @Nullable Throwable cause) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            var known = HttpStatus.resolve(status);
            try {
                response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
                // A request that could not be read to the end of its path has none.
                var path = request.getRequestURI() == null ? null : Problems.instance(request.getRequestURI());
                response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                response.getReporter().write("""
                        {"title":"%s","status":%d%s}""".formatted(known == null ? "" : known.getReasonPhrase(), status,
                        path == null ? "" : ",\"instance\":\"" + path + "\""));
                response.finishResponse();
            } catch (IOException | IllegalStateException e) {
                container.getLogger().debug("Nobody is there to read the problem", e);
            }
        }
    }
}
