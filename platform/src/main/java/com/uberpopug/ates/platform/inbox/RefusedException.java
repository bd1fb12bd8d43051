package com.uberpopug.ates.platform.inbox;

import org.jspecify.annotations.Nullable;

/** A record that no retry will help: its content is wrong. */
final class RefusedException extends RuntimeException {

    RefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
