package com.uberpopug.ates.platform.events.security;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, and from where; all null for the system itself.
 *
 * @param user      the signed-in user
 * @param client    the registered client of a program's token
 * @param address   the remote address
 * @param userAgent as the caller sent it
 */
public record Origin(@Nullable UUID user, @Nullable String client, @Nullable String address,
        @Nullable String userAgent) {

    public static final Origin SYSTEM = new Origin(null, null, null, null);

    /** Reads it from the current request. */
    @FunctionalInterface
    public interface Source {
        Origin current();
    }
}
