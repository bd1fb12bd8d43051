package com.uberpopug.ates.auth.user;

import org.springframework.security.authentication.AuthenticationServiceException;

/** More passwords are being checked at once than this instance can hash: try again later. */
public final class TooManyPasswordsException extends AuthenticationServiceException {

    TooManyPasswordsException() {
        super("Many passwords are being checked at the moment; try again");
    }
}
