package com.uberpopug.ates.platform.pages;

/**
 * The parameter {@code state} of a sign-in: the random flow id, which Spring Security compares, and the sealed return
 * page, which thus survives the loss of the cookie. Neither part contains a dot.
 *
 * @param again whether it is a second try; there is no third, so a browser without cookies is not redirected for ever
 * @param page  sealed by {@link ReturnPage}; empty for none
 */
record SignInState(boolean again, String id, String page) {

    /** The parameter that begins a second try, and the mark of its states. */
    static final String AGAIN = "again";
    /** Bounds the addresses that lead to and from the auth service, of which the state is a part. */
    private static final int MAX_PAGE = 1_500;

    SignInState {
        if (page.length() > MAX_PAGE) {
            page = "";
        }
    }

    /** Parses any text that a browser sends, forged or not. */
    static SignInState parse(String text) {
        boolean again = text.startsWith(AGAIN + ".");
        var parts = text.substring(again ? AGAIN.length() + 1 : 0).split("[.]", 2);
        return new SignInState(again, parts[0], parts.length < 2 ? "" : parts[1]);
    }

    /** The part that belongs to the cookie. */
    String flow() {
        return again ? AGAIN + "." + id : id;
    }

    String text() {
        return page.isEmpty() ? flow() : flow() + "." + page;
    }
}
