package com.uberpopug.ates.platform.pages;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The page that a sign-in leads back to, in a parameter, so that each tab has its own. It is sealed, which prevents
 * redirects to other sites.
 */
public final class ReturnPage {

    public static final String PARAMETER = "to";
    /** Longer addresses are dropped. */
    private static final int MAX_CHARACTERS = 4_000;

    private final SealedText sealed;

    ReturnPage(SealedText sealed) {
        this.sealed = sealed;
    }

    /** Adds the page to a local address, unless the page's own address is too long. */
    public String addTo(String address, String page) {
        return page.length() > MAX_CHARACTERS ? address : withParameter(address, sealed.seal(page));
    }

    /** Adds the return page of this request, if it has one. */
    public String passOn(String address, HttpServletRequest request) {
        return of(request).map(page -> addTo(address, page)).orElse(address);
    }

    /** The return page of a request: a path with its query. */
    public Optional<String> of(HttpServletRequest request) {
        return Optional.ofNullable(request.getParameter(PARAMETER)).flatMap(this::open);
    }

    /** The page in a parameter's value. */
    public Optional<String> open(String value) {
        return sealed.open(value);
    }

    private static String withParameter(String address, String value) {
        return address + (address.contains("?") ? "&" : "?") + PARAMETER + "=" + value;
    }
}
