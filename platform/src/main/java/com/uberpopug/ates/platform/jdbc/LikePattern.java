package com.uberpopug.ates.platform.jdbc;

import java.util.Locale;

/** What {@code like} is given to find a text that somebody typed. */
public final class LikePattern {

    private LikePattern() {
    }

    /**
     * The pattern of what contains a text, whatever the case; compare it with {@code lower(column)}.
     *
     * @param text any; what is special in patterns stands for itself
     */
    public static String containing(String text) {
        return "%" + beginningWith(text);
    }

    /**
     * The pattern of what begins with a text, whatever the case; compare it with {@code lower(column)}.
     *
     * @param text any; what is special in patterns stands for itself
     */
    public static String beginningWith(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[\\\\%_]", "\\\\$0") + "%";
    }
}
