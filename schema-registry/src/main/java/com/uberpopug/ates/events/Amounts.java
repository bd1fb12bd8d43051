package com.uberpopug.ates.events;

/** What holds for the amounts of all events: cents, as {@code long}, in fields that end in {@code _cents}. */
public final class Amounts {

    /** The currency of each amount, by ISO 4217, and the default in the schemas. */
    public static final String CURRENCY = "USD";

    private Amounts() {
    }
}
