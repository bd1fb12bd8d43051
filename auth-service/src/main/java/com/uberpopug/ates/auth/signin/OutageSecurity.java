package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.platform.events.Failure;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;

/**
 * Tells a database that is away from a mistake of the client at the endpoints that take every failure for the latter: those
 * of user info and logout. Here it keeps its cause, and leaves the filters with it.
 */
final class OutageSecurity implements AuthenticationProvider {

    private static final OAuth2Error AWAY = new OAuth2Error(OAuth2ErrorCodes.TEMPORARILY_UNAVAILABLE);

    private final AuthenticationProvider provider;

    private OutageSecurity(AuthenticationProvider provider) {
        this.provider = provider;
    }

    static void all(List<AuthenticationProvider> providers) {
        providers.replaceAll(OutageSecurity::new);
    }

    /** They look up who is signed in. */
    static void allConverters(List<AuthenticationConverter> converters) {
        converters.replaceAll(converter -> request -> keepingCause(() -> converter.convert(request)));
    }

    @Override
    public @Nullable Authentication authenticate(Authentication request) {
        return keepingCause(() -> provider.authenticate(request));
    }

    private static @Nullable Authentication keepingCause(Supplier<@Nullable Authentication> step) {
        try {
            return step.get();
        } catch (AuthenticationException refused) {
            throw refused;
        } catch (RuntimeException failed) {
            throw unavailable(failed);
        }
    }

    /** The same failure, or one that says that it will pass. */
    static RuntimeException unavailable(RuntimeException failed) {
        return Failure.willPass(failed) ? new OAuth2AuthenticationException(AWAY, failed) : failed;
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return provider.supports(authentication);
    }

    /** Lets a failure that will pass go on, and hands all others to a handler. */
    static AuthenticationFailureHandler unlessAway(AuthenticationFailureHandler refused) {
        return (request, response, failure) -> {
            if (failure.getCause() instanceof RuntimeException cause && Failure.willPass(cause)) {
                throw cause;
            }
            refused.onAuthenticationFailure(request, response, failure);
        };
    }
}
