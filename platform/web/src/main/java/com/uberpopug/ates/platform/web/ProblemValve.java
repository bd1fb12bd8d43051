package com.uberpopug.ates.platform.web;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/** What Tomcat refuses before any of our code sees it, such as a request line that is not HTTP, is a problem too. */
final class ProblemValve extends ErrorReportValve {

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
