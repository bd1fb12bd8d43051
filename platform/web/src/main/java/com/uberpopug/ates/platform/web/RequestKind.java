package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;

/** Who waits for an answer: a person before a page, or a program. */
public final class RequestKind {

    /** What htmx says of itself, which asks for parts of pages. */
    public static final String FRAGMENT = "HX-Request";

    private static final List<String> LOADED_AHEAD = List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

    private RequestKind() {
    }

    /** Whether a person waits for a page or a part of one, and not a program for an answer. */
    public static boolean isPerson(HttpServletRequest request) {
        return isWithinPage(request) || accepts(request, MediaType.TEXT_HTML_VALUE);
    }
    /** Whether it is for the REST API, however its path is written. */
    public static boolean isApi(HttpServletRequest request) {
        return request.getServletPath().startsWith("/api/");
    }


    /** Whether the page is there already, and a part of it is asked for. */
    public static boolean isWithinPage(HttpServletRequest request) {
        return request.getHeader(FRAGMENT) != null;
    }

    /**
     * Whether a person goes to a page, by what browsers tell of a request (Fetch Metadata) or, where they do not, by the type
     * that is asked for. What pages, scripts and browsers load by themselves is no navigation, nor is what is loaded ahead.
     *
     * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
     */
    public static boolean isNavigation(HttpServletRequest request) {
        if (isWithinPage(request) || HttpMethod.HEAD.matches(request.getMethod())
                || LOADED_AHEAD.stream().anyMatch(header -> request.getHeader(header) != null)) {
            return false;
        }
        var mode = request.getHeader("Sec-Fetch-Mode");
        return mode == null
                ? accepts(request, MediaType.TEXT_HTML_VALUE)
                : mode.equals("navigate") && "document".equals(request.getHeader("Sec-Fetch-Dest"));
    }

    private static boolean accepts(HttpServletRequest request, String type) {
        var accepted = request.getHeader(HttpHeaders.ACCEPT);
        return accepted != null && accepted.contains(type);
    }
}
