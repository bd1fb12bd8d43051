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
 * Distinguishes a database outage from a client's error at the endpoints of user info and logout, which treat every
 * failure as the latter: the outage keeps its cause and leaves the filters.
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

    /** Both endpoints look up the user in the database. */
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

    /** The same failure, or its temporary cause. */
    static RuntimeException unavailable(RuntimeException failed) {
        return Failure.willPass(failed) ? new OAuth2AuthenticationException(AWAY, failed) : failed;
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return provider.supports(authentication);
    }

    /** Rethrows temporary failures, and passes all others to a handler. */
    static AuthenticationFailureHandler unlessAway(AuthenticationFailureHandler refused) {
        return (request, response, failure) -> {
            if (failure.getCause() instanceof RuntimeException cause && Failure.willPass(cause)) {
                throw cause;
            }
            refused.onAuthenticationFailure(request, response, failure);
        };
    }
}
