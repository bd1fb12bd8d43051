package com.uberpopug.ates.auth.user;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The languages that pages and emails are written in. */
public enum Language {
    EN,
    RU;

    /** As it is written in events, tokens and JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
