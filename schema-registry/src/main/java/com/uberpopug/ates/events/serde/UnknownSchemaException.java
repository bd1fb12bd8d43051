package com.uberpopug.ates.events.serde;

import org.apache.kafka.common.errors.RetriableException;

/**
 * The registry reports an unknown subject, schema or id.
 *
 * <p>Registration may be under way, so a retry can help; the caller decides for how long.
 */
public final class UnknownSchemaException extends RetriableException {

    UnknownSchemaException(String message) {
        super(message);
    }
}
