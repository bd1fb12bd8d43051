package com.uberpopug.ates.platform.avro;

import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** The schema registry is away, or answers with a fault of its own: try again later. */
public final class RegistryUnavailableException extends RetriableException {

    RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
