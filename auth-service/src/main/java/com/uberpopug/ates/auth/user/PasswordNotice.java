package com.uberpopug.ates.auth.user;

import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;

/**
 * A mail to the owner of an account. It waits in the database, so it holds ids and instants only: names and addresses
 * are read when it is sent, and end with their user.
 *
 * @param id    also the mail's, at each attempt
 * @param maker the admin who made the link or changed the address
 * @param at    of the event; of {@link Kind#ADDRESS_CHANGED}, also names the profile with the address before
 */
record PasswordNotice(UUID id, Kind kind, UUID owner, UUID maker, Instant at) implements Serializable {

    static final TaskDescriptor<PasswordNotice> TASK = TaskDescriptor.of("send-password-notice",
            PasswordNotice.class);

    enum Kind {
        LINK_MADE, LINK_USED,
        /** Goes to the address before. */
        ADDRESS_CHANGED
    }
}
