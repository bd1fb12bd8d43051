package com.uberpopug.ates.platform.pages;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The page that a sign-in leads back to, in a parameter, so that each tab has its own. It is sealed: nobody else can name
 * a page, and so none of another site.
 */
public final class ReturnPage {

    public static final String PARAMETER = "to";
    /** A page with a longer address is forgotten. */
    private static final int MAX_CHARACTERS = 4_000;

    private final SealedText sealed;

    ReturnPage(SealedText sealed) {
        this.sealed = sealed;
    }

    /** Adds the page to a local address, where it is short enough to be remembered. */
    public String addTo(String address, String page) {
        return page.length() > MAX_CHARACTERS ? address : withParameter(address, sealed.seal(page));
    }

    /** Adds the page that this request leads back to, if there is one. */
    public String passOn(String address, HttpServletRequest request) {
        return of(request).map(page -> addTo(address, page)).orElse(address);
    }

    /** The page that a request leads back to: a path with its query. */
    public Optional<String> of(HttpServletRequest request) {
        return Optional.ofNullable(request.getParameter(PARAMETER)).flatMap(this::open);
    }

    /** The page in a parameter's value, which may have been kept elsewhere. */
    public Optional<String> open(String value) {
        return sealed.open(value);
    }

    private static String withParameter(String address, String value) {
        return address + (address.contains("?") ? "&" : "?") + PARAMETER + "=" + value;
    }
}
