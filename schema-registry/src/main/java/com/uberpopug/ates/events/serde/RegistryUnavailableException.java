package com.uberpopug.ates.events.serde;

import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** The schema registry is away, or another server answers at its address: a retry may succeed. */
public final class RegistryUnavailableException extends RetriableException {

    RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
