package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;

/** The receiver of an answer: a person before a page, or a program. */
public final class RequestKind {

    /**
     * The header of htmx's requests, which load parts of pages. The library htmx-spring-boot has constants for this and
     * the few response headers, but replaces Spring MVC's handler mapping, handler adapter and exception resolver for
     * them.
     */
    public static final String FRAGMENT = "HX-Request";

    private static final List<String> LOADED_AHEAD = List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

    /** A page, and what its scripts put into it. */
    private static final Set<String> SEEN = Set.of("document", "empty");

    private RequestKind() {
    }

    /** Whether it is for the REST API, however its path is written. */
    public static boolean isApi(HttpServletRequest request) {
        return request.getServletPath().startsWith("/api/");
    }

    /** Whether a person waits for a page or a part of one, and not a program for an answer. */
    public static boolean isPerson(HttpServletRequest request) {
        return isWithinPage(request) || accepts(request, MediaType.TEXT_HTML_VALUE);
    }

    /** Whether a part of a page that is open already is requested. */
    public static boolean isWithinPage(HttpServletRequest request) {
        return request.getHeader(FRAGMENT) != null;
    }

    /**
     * Whether a person goes to a page, by the browser's Fetch Metadata or, without those, by the accepted type.
     * Requests that pages, scripts and browsers make by themselves are no navigation, nor are those that load ahead.
     *
     * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
     */
    public static boolean isNavigation(HttpServletRequest request) {
        if (isWithinPage(request) || isAheadOrHead(request)) {
            return false;
        }
        var mode = request.getHeader("Sec-Fetch-Mode");
        return mode == null
                ? accepts(request, MediaType.TEXT_HTML_VALUE)
                : mode.equals("navigate") && "document".equals(request.getHeader("Sec-Fetch-Dest"));
    }

    /**
     * Whether somebody sees the answer as a page or in one, which is not so of what is loaded ahead, a frame or an
     * image.
     */
    public static boolean isSeen(HttpServletRequest request) {
        var destination = request.getHeader("Sec-Fetch-Dest");
        return !isAheadOrHead(request) && (destination == null || SEEN.contains(destination));
    }

    private static boolean isAheadOrHead(HttpServletRequest request) {
        return HttpMethod.HEAD.matches(request.getMethod())
                || LOADED_AHEAD.stream().anyMatch(header -> request.getHeader(header) != null);
    }

    private static boolean accepts(HttpServletRequest request, String type) {
        var accepted = request.getHeader(HttpHeaders.ACCEPT);
        return accepted != null && accepted.contains(type);
    }
}
