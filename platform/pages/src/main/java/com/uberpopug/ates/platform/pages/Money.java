package com.uberpopug.ates.platform.pages;

import java.util.Locale;

/** Formats money for people: {@code $12.00}, {@code −$12.00}, in every language. */
public final class Money {

    private Money() {
    }

    /** Cents as dollars, grouped by thousands. */
    public static String dollars(long cents) {
        var digits = String.format(Locale.ROOT, "$%,d.%02d", Math.abs(cents / 100), Math.abs(cents % 100));
        return cents < 0 ? "−" + digits : digits;
    }

    /** The same, with a plus sign before positive amounts. */
    public static String change(long cents) {
        return cents > 0 ? "+" + dollars(cents) : dollars(cents);
    }
}
