package com.uberpopug.ates.events.serde;

import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** The schema registry is away, or what answers in its place is none: try again later. */
public final class RegistryUnavailableException extends RetriableException {

    RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
