package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.attempt.SignInAttempts;
import com.uberpopug.ates.auth.attempt.SignInAttempts.Attempt;
import com.uberpopug.ates.auth.user.PasswordHashes;
import com.uberpopug.ates.auth.user.TooManyPasswordsException;
import com.uberpopug.ates.auth.user.User;
import com.uberpopug.ates.auth.user.Users;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.security.authentication.AccountStatusUserDetailsChecker;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Signs a user in by login and password. The principal's name is the user's id, which never changes and becomes the
 * tokens' subject.
 */
@Component
class PasswordSignIn implements AuthenticationProvider {

    private final Users users;
    private final SignInAttempts attempts;
    private final Clock clock;
    private final DaoAuthenticationProvider passwordsOfStrangers;
    private final DaoAuthenticationProvider passwordsOfKnown;

    /** @param encoderForKnown for devices on which the user has signed in before: strangers must not keep them out */
    PasswordSignIn(Users users, SignInAttempts attempts, PasswordEncoder encoder,
            @Qualifier(PasswordHashes.FOR_KNOWN) PasswordEncoder encoderForKnown, Clock clock) {
        this.users = users;
        this.attempts = attempts;
        this.clock = clock;
        passwordsOfStrangers = provider(encoder);
        passwordsOfKnown = provider(encoderForKnown);
    }

    private DaoAuthenticationProvider provider(PasswordEncoder encoder) {
        var passwords = new DaoAuthenticationProvider(this::load);
        passwords.setPasswordEncoder(encoder);
        // A hash in the old format is replaced after a successful sign-in, when the password is known.
        passwords.setUserDetailsPasswordService(this::rehash);
        // Only a caller with the right password learns that the account is deactivated.
        passwords.setPreAuthenticationChecks(_ -> {
        });
        passwords.setPostAuthenticationChecks(new AccountStatusUserDetailsChecker());
        return passwords;
    }

    @Override
    public Authentication authenticate(Authentication typed) {
        var login = User.login(typed.getName())
                .orElseThrow(() -> new BadCredentialsException("Not a valid login"));
        var user = users.findByLogin(login);
        var attempt = new Attempt(login, user.map(User::id).orElse(null), user.map(User::passwordHash).orElse(""),
                SignInDetailsSecurity.origin(typed));
        var admitted = attempts.admit(attempt).orElseThrow(() -> new LockedException("Too many attempts"));
        try {
            var signedIn = signedIn(admitted.isOfKnownDevice() ? passwordsOfKnown : passwordsOfStrangers,
                    with(login, typed));
            attempts.succeeded(admitted);
            return atThisTime(signedIn);
        } catch (TooManyPasswordsException e) {
            attempts.withdraw(admitted);
            throw e;
        }
    }

    /** The moment becomes the tokens' {@code auth_time}. */
    private Authentication atThisTime(Authentication signedIn) {
        var password = FactorGrantedAuthority.withAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY)
                .issuedAt(clock.instant()).build();
        return signedIn.toBuilder().authorities(all -> {
            all.removeIf(FactorGrantedAuthority.class::isInstance);
            all.add(password);
        }).build();
    }

    /** Whether a login belongs to the signed-in user. */
    boolean isLoginOf(Authentication signedIn, String typed) {
        return User.login(typed).flatMap(users::findByLogin)
                .filter(user -> user.id().toString().equals(signedIn.getName())).isPresent();
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }

    /** A failed lookup is not a wrong password. */
    private static Authentication signedIn(DaoAuthenticationProvider passwords, Authentication typed) {
        try {
            return passwords.authenticate(typed);
        } catch (InternalAuthenticationServiceException e) {
            throw e.getCause() instanceof RuntimeException failed ? failed : e;
        }
    }

    private static Authentication with(String login, Authentication typed) {
        var token = UsernamePasswordAuthenticationToken.unauthenticated(login, typed.getCredentials());
        token.setDetails(SignInDetailsSecurity.kept(typed));
        return token;
    }

    private UserDetails rehash(UserDetails user, @Nullable String hash) {
        users.replaceHash(UUID.fromString(user.getUsername()), Objects.requireNonNull(user.getPassword()),
                Objects.requireNonNull(hash));
        return user;
    }

    private UserDetails load(String login) {
        var user = users.findByLogin(login).orElseThrow(() -> new UsernameNotFoundException("Unknown login"));
        return org.springframework.security.core.userdetails.User.withUsername(user.id().toString())
                .password(user.passwordHash()).disabled(!user.profile().active()).authorities(List.of()).build();
    }
}
