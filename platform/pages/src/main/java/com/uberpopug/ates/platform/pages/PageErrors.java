package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.RequestKind;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.AllowedToAnyone;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** Answers people's failed requests with a page, and the status that a program's problem would have. */
@Controller
final class PageErrors implements HandlerExceptionResolver, Ordered {

    /** The statuses that have texts of their own. */
    private static final Set<Integer> EXPLAINED = Set.of(401, 403, 404, 405, 409, 410, 413, 415, 503);

    /** The headers of a problem that a page has, too. */
    private static final List<String> KEPT = List.of(HttpHeaders.RETRY_AFTER, HttpHeaders.ALLOW);

    private static final String POLICY = "Content-Security-Policy";

    private final HandlerExceptionResolver problems;
    private final ShellFilter shell;

    PageErrors(HandlerExceptionResolver problems, ShellFilter shell) {
        this.problems = problems;
        this.shell = shell;
    }

    /** Before the resolvers that answer with problems; it takes the status from them. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
            @Nullable Object handler, Exception failure) {
        if (response.isCommitted() || Shell.of(request).isEmpty() || !RequestKind.isPerson(request)) {
            return null;
        }
        return page(status(request, response, handler, failure), request, response);
    }

    private HttpStatusCode status(HttpServletRequest request, HttpServletResponse response, @Nullable Object handler,
            Exception failure) {
        var problem = new ContentCachingResponseWrapper(response);
        problems.resolveException(request, problem, handler, failure);
        var status = HttpStatusCode.valueOf(Math.max(problem.getStatus(), HttpStatus.BAD_REQUEST.value()));
        var kept = new HashMap<String, String>();
        KEPT.forEach(name -> {
            var value = problem.getHeader(name);
            if (value != null) {
                kept.put(name, value);
            }
        });
        response.reset();
        kept.forEach(response::setHeader);
        return status;
    }

    /** The same for htmx, whose requests accept any type. */
    @RequestMapping(path = "/error", headers = RequestKind.FRAGMENT)
    @AllowedToAnyone
    @Nullable
    ModelAndView refusedFragment(HttpServletRequest request, HttpServletResponse response) {
        return refused(request, response);
    }

    /** Answers requests that failed before they reached a page. A response that is already under way stays as it is. */
    @RequestMapping(path = "/error", produces = MediaType.TEXT_HTML_VALUE)
    @AllowedToAnyone
    @Nullable
    ModelAndView refused(HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            return null;
        }
        if (Shell.of(request).isEmpty()) {
            request.setAttribute(Shell.ATTRIBUTE, shell.shell(request, null, null));
        }
        var known = HttpStatusCode.valueOf(
                request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                        ? code
                        : HttpStatus.NOT_FOUND.value());
        // The container's own status is kept, such as 400 for an incomplete body; 500 stands for any exception.
        var status = known.value() == HttpStatus.INTERNAL_SERVER_ERROR.value()
                && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Exception failure
                        ? status(request, response, null, failure)
                        : known;
        // The headers of a static file may be set already, with a max-age of a year.
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (!response.containsHeader(POLICY)) {
            response.setHeader(POLICY, PageSecurity.POLICY);
        }
        return page(status, request, response);
    }

    @GetMapping(SignIn.FAILED)
    @AllowedToAnyone
    ModelAndView signInFailed() {
        return new ModelAndView("sign-in-failed", HttpStatus.UNAUTHORIZED);
    }

    /** A toast for htmx, which would put a whole page into a part of one, such as a row. */
    private static ModelAndView page(HttpStatusCode status, HttpServletRequest request,
            HttpServletResponse response) {
        int kind = EXPLAINED.contains(status.value()) ? status.value() : status.is4xxClientError() ? 400 : 500;
        if (RequestKind.isWithinPage(request)) {
            response.setHeader("HX-Retarget", "#toasts");
            response.setHeader("HX-Reswap", "beforeend");
            response.setHeader("HX-Reselect", ".toast");
            // Not by a fragment's name: to resolve it, Thymeleaf reads the parameters, which may be malformed.
            return new ModelAndView("refusal-toast",
                    Map.of(Toast.ATTRIBUTE, Toast.of("error." + kind)), status);
        }
        return new ModelAndView("error", Map.of("status", status.value(), "kind", kind), status);
    }
}
