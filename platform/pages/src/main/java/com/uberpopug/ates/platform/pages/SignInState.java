package com.uberpopug.ates.platform.pages;

/**
 * The parameter {@code state} of a sign-in: the random flow id, which Spring Security compares, and the sealed page to come
 * back to, which is there whatever became of the cookie. Neither part holds a dot.
 *
 * @param again whether it is a second try: a browser that keeps no cookies must not be redirected for ever
 * @param page  sealed by {@link ReturnPage}; empty where there is none
 */
record SignInState(boolean again, String id, String page) {

    /** The parameter that begins a second try, and the mark of its states. */
    static final String AGAIN = "again";
    /** The authorization request has to fit into the addresses that lead from and to the auth service. */
    private static final int MAX_PAGE = 1_500;

    SignInState {
        if (page.length() > MAX_PAGE) {
            page = "";
        }
    }

    /** Any text that a browser sends: its parts need not be ours. */
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
