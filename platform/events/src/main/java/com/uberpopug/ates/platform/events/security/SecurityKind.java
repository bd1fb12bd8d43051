package com.uberpopug.ates.platform.events.security;

/** The kinds of the security log's entries; a new one also needs a text in auth-service's messages. */
public enum SecurityKind {

    SIGN_IN, SIGN_OUT, PASSWORD_CHANGE,
    /** A link with which its owner chooses a password. */
    LINK_MADE, LINK_USED,

    USER_CREATED, ROLE_CHANGED, EMAIL_CHANGED, USER_ACTIVATED, USER_DEACTIVATED, USER_ERASED,
    /** The state of a user, or that there is no such user, announced anew to every service. */
    USER_ANNOUNCED,

    PASSKEY_ADDED, PASSKEY_REMOVED, SIGNING_KEY_MADE, SIGNING_KEY_DELETED,

    /** A request that was answered 403. */
    CALL_REFUSED,
    /** A token or a client's credentials that were answered 401. */
    TOKEN_REFUSED,

    CLOSE_REQUESTED, DAY_CLOSED, TRANSFER_CORRECTED,

    DEAD_LETTER_REPLAYED, DEAD_LETTER_DISCARDED,

    /** More failures or refusals than usual, by one source or against one user. */
    BURST
}
