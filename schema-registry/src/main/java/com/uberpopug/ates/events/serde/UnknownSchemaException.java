package com.uberpopug.ates.events.serde;

import org.apache.kafka.common.errors.RetriableException;

/**
 * The registry does not know a schema: one that is not registered yet, or an id that nobody was given.
 *
 * <p>Registration may be under way, so a retry can help; how long to go on trying is the caller's decision.
 */
public final class UnknownSchemaException extends RetriableException {

    UnknownSchemaException(String message) {
        super(message);
    }
}
