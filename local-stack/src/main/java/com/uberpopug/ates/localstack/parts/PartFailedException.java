package com.uberpopug.ates.localstack.parts;

/** A part did not start, or did not stay; the message says which and why, for a person to read. */
public final class PartFailedException extends RuntimeException {

    public PartFailedException(String message) {
        super(message);
    }

    public PartFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
