package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Who waits for an answer: a person before a page, or a program. */
public final class Audience {

    /** What htmx says of itself, which asks for parts of pages. */
    public static final String FRAGMENT = "HX-Request";

    private Audience() {
    }

    /** Whether a person waits for a page or a part of one, and not a program for an answer. */
    public static boolean isPerson(HttpServletRequest request) {
        return isWithinPage(request) || accepts(request, MediaType.TEXT_HTML_VALUE);
    }

    /** Whether the page is there already, and a part of it is asked for. */
    public static boolean isWithinPage(HttpServletRequest request) {
        return request.getHeader(FRAGMENT) != null;
    }

    private static boolean accepts(HttpServletRequest request, String type) {
        var accepted = request.getHeader(HttpHeaders.ACCEPT);
        return accepted != null && accepted.contains(type);
    }
}
