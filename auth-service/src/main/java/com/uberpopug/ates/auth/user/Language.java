package com.uberpopug.ates.auth.user;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The languages of pages and emails. */
public enum Language {
    EN,
    RU;

    /** The code in events, tokens and JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
