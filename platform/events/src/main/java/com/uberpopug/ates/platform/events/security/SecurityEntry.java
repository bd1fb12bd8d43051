package com.uberpopug.ates.platform.events.security;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happened, for the security log. From where it came is taken from the current request.
 *
 * @param kind      what happened
 * @param outcome   how it ended
 * @param actor     the user who did it; null for the caller of the current request, if there is one
 * @param user      the user whom it concerns
 * @param subject   what it concerns, such as a date or an id; never a name, an address or a secret
 * @param loginHash a keyed hash of a typed login that nobody has
 * @param address   the remote address; null for that of the current request, if there is one
 */
public record SecurityEntry(SecurityKind kind, Outcome outcome, @Nullable UUID actor, @Nullable UUID user,
        @Nullable String subject, @Nullable String loginHash, @Nullable String address) {

    /** How it ended. */
    public enum Outcome {
        DONE,
        /** Such as a wrong password. */
        FAILED,
        /** Not allowed. */
        REFUSED
    }

    /** Something that was done. */
    public static SecurityEntry done(SecurityKind kind) {
        return new SecurityEntry(kind, Outcome.DONE, null, null, null, null, null);
    }

    /** Something that failed. */
    public static SecurityEntry failed(SecurityKind kind) {
        return new SecurityEntry(kind, Outcome.FAILED, null, null, null, null, null);
    }

    /** Something that was not allowed. */
    public static SecurityEntry refused(SecurityKind kind) {
        return new SecurityEntry(kind, Outcome.REFUSED, null, null, null, null, null);
    }

    public SecurityEntry by(@Nullable UUID newActor) {
        return new SecurityEntry(kind, outcome, newActor, user, subject, loginHash, address);
    }

    public SecurityEntry about(@Nullable UUID newUser) {
        return new SecurityEntry(kind, outcome, actor, newUser, subject, loginHash, address);
    }

    public SecurityEntry of(@Nullable Object newSubject) {
        return new SecurityEntry(kind, outcome, actor, user, newSubject == null ? null : newSubject.toString(),
                loginHash, address);
    }

    public SecurityEntry typed(@Nullable String newLoginHash) {
        return new SecurityEntry(kind, outcome, actor, user, subject, newLoginHash, address);
    }

    public SecurityEntry from(@Nullable String newAddress) {
        return new SecurityEntry(kind, outcome, actor, user, subject, loginHash, newAddress);
    }
}
