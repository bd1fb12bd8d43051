package com.uberpopug.ates.auth.passkey;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationEventPublisher;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;

/**
 * Signs a user in by a passkey. The session is then like that after a password, with another factor: all that looks at
 * the signed-in user works for both. The passkey verifies its user, so it counts as two factors.
 */
public final class PasskeySecurity extends AbstractAuthenticationProcessingFilter {

    /** Answers {@code GET} with the question, and takes the answer by {@code POST}. */
    public static final String PATH = "/login/passkey";
    static final String CHALLENGE = "challenge";
    public static final String CREDENTIAL = "credential";

    public PasskeySecurity(Passkeys passkeys, AuthenticationEventPublisher events, Clock clock) {
        super(PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.POST, PATH));
        var manager = new ProviderManager(new Provider(passkeys, clock));
        manager.setAuthenticationEventPublisher(events);
        setAuthenticationManager(manager);
        setSecurityContextRepository(new DelegatingSecurityContextRepository(
                new RequestAttributeSecurityContextRepository(), new HttpSessionSecurityContextRepository()));
    }

    @Override
    public @Nullable Authentication attemptAuthentication(HttpServletRequest request, HttpServletResponse response) {
        var answer = new Answer(request.getParameter(CHALLENGE), request.getParameter(CREDENTIAL),
                HalfSignInSecurity.of(request).orElse(null));
        answer.setDetails(authenticationDetailsSource.buildDetails(request));
        return getAuthenticationManager().authenticate(answer);
    }

    /** What the browser's form brings. */
    public static final class Answer extends AbstractAuthenticationToken {

        private static final long serialVersionUID = 1;

        private final @Nullable String challenge;
        private final @Nullable String credential;
        private final @Nullable Authentication half;

        Answer(@Nullable String challenge, @Nullable String credential, @Nullable Authentication half) {
            super(List.of());
            this.challenge = challenge;
            this.credential = credential;
            this.half = half;
        }

        @Override
        public Object getCredentials() {
            return "";
        }

        @Override
        public Object getPrincipal() {
            return half == null ? "" : half.getName();
        }
    }

    /** Not a bean: one would replace the provider for passwords. */
    private record Provider(Passkeys passkeys, Clock clock) implements AuthenticationProvider {

        @Override
        public Authentication authenticate(Authentication request) {
            var answer = (Answer) request;
            var user = passkeys.signIn(answer.challenge, answer.credential,
                    answer.half == null ? null : UUID.fromString(answer.half.getName()));
            var factors = new ArrayList<GrantedAuthority>();
            if (answer.half != null) {
                answer.half.getAuthorities().stream().filter(FactorGrantedAuthority.class::isInstance)
                        .forEach(factors::add);
            }
            factors.add(FactorGrantedAuthority.withAuthority(FactorGrantedAuthority.WEBAUTHN_AUTHORITY)
                    .issuedAt(clock.instant()).build());
            var principal = User.withUsername(user.id().toString()).password("").authorities(List.of()).build();
            var signedIn = UsernamePasswordAuthenticationToken.authenticated(principal, null, factors);
            signedIn.setDetails(answer.getDetails());
            signedIn.eraseCredentials();
            return signedIn;
        }

        @Override
        public boolean supports(Class<?> authentication) {
            return authentication == Answer.class;
        }
    }
}
