package com.uberpopug.ates.platform.web;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A short message that a page shows and takes away again. It may be a flash attribute named {@code toast}.
 *
 * @param key       of the message
 * @param arguments what the message takes, formatted already
 * @param href      the page that it leads to; null for none
 * @param burst     how it is shown when several like it come within moments; null where each is shown for itself
 */
public record Toast(String key, List<String> arguments, @Nullable String href,
        @Nullable Burst burst) implements Serializable {

    /** The name under which the layout looks for one. */
    public static final String ATTRIBUTE = "toast";

    /**
     * Several toasts of a kind that have become one.
     *
     * @param key   of the message that takes how many they are, and the sum of their money
     * @param count how many they are
     * @param cents the sum
     * @param href  the page that all of them lead to
     */
    public record Burst(String key, int count, long cents, String href) implements Serializable {

        Burst with(Burst other) {
            return new Burst(key, count + other.count, cents + other.cents, href);
        }
    }

    public static Toast of(String key, String... arguments) {
        return new Toast(key, List.of(arguments), null, null);
    }

    /** The same, as a link to a page of this service. */
    public Toast leadingTo(String page) {
        return new Toast(key, arguments, page, burst);
    }

    /** The same, which becomes one with others of the same kind. */
    public Toast inBursts(String burstKey, long cents, String page) {
        return new Toast(key, arguments, href, new Burst(burstKey, 1, cents, page));
    }

    /** Whether this one and another become one. */
    public boolean joins(Toast other) {
        return burst != null && other.burst != null && burst.key().equals(other.burst.key());
    }

    /** This one and another that it {@linkplain #joins joins}. */
    public Toast with(Toast other) {
        return burst == null || other.burst == null
                ? this
                : new Toast(key, arguments, href, burst.with(other.burst));
    }
}
