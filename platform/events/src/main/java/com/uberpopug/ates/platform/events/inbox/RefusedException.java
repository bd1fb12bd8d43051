package com.uberpopug.ates.platform.events.inbox;

import org.jspecify.annotations.Nullable;

/** A record that no retry will help: its content is wrong. */
final class RefusedException extends RuntimeException {

    private final Reason reason;

    RefusedException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** What is wrong with it. */
    enum Reason {
        KEY, ENVELOPE, UNKNOWN_VERSION, OTHER_TYPE
    }

    Reason reason() {
        return reason;
    }
}
