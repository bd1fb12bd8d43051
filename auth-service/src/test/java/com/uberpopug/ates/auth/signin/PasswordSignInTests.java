package com.uberpopug.ates.auth.signin;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.uberpopug.ates.auth.attempt.SignInAttempts;
import com.uberpopug.ates.auth.user.Users;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;

class PasswordSignInTests {

    @Test
    void database_outage_during_an_attempt_is_no_wrong_password() {
        var users = mock(Users.class);
        var attempts = mock(SignInAttempts.class);
        when(attempts.admit(any())).thenReturn(Optional.of(new SignInAttempts.Admitted(null, List.of())));
        when(users.findByLogin("anna")).thenThrow(new DataAccessResourceFailureException("no connection"));
        var signIn = new PasswordSignIn(users, attempts, PasswordEncoderFactories.createDelegatingPasswordEncoder(),
                PasswordEncoderFactories.createDelegatingPasswordEncoder(), Clock.systemUTC());
        assertThatThrownBy(
                () -> signIn.authenticate(UsernamePasswordAuthenticationToken.unauthenticated("anna", "beak-anna")))
                .isInstanceOf(DataAccessResourceFailureException.class);
    }
}
