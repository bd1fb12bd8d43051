package com.uberpopug.ates.platform.web.security;

import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A service's table of the users, as far as it keeps them. A service that has one as a bean consumes
 * {@code ates.users}: the newest state of each user is stored once, with all that {@link #update} does, in the
 * transaction of its batch.
 */
public interface UserCopy extends UserDirectory {

    /**
     * Stores states that are newer than those stored, by their sequences; of several for one user the newest counts.
     *
     * @param states of one batch, in the order of the topic
     */
    void update(Collection<State> states);

    /**
     * A user's full state as of a fact. An erased user stays as an inactive one without a name, so that a token that
     * was issued before grants nothing.
     *
     * @param login       null once erased
     * @param displayName null once erased
     * @param email       null where there is none, and once erased
     * @param language    {@code en} or {@code ru}; null once erased
     * @param role        may be one that is unknown here
     * @param sequence    grows with each fact of the user; {@link Long#MAX_VALUE} once erased
     */
    record State(UUID id, @Nullable String login, @Nullable String displayName, @Nullable String email,
            @Nullable String language, String role, boolean active, long sequence) {

        /** The last state of a user. */
        public static State erased(UUID id) {
            return new State(id, null, null, null, null, Role.POPUG.wire(), false, Long.MAX_VALUE);
        }

        public boolean isErased() {
            return sequence == Long.MAX_VALUE;
        }
    }
}
