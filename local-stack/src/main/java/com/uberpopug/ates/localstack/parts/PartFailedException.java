package com.uberpopug.ates.localstack.parts;

/** A part did not start or did not keep running; the message names the part and the reason. */
public final class PartFailedException extends RuntimeException {

    public PartFailedException(String message) {
        super(message);
    }

    public PartFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
