package com.uberpopug.ates.auth.oidc;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.Users;
import com.uberpopug.ates.platform.events.Jobs;
import com.uberpopug.ates.platform.web.security.AccessTokens;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationConsent;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationConsentService;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Configures the authorization server's stores, all in PostgreSQL, so that any instance can finish a sign-in of
 * another.
 */
@Configuration(proxyBeanMethods = false)
class AuthorizationServer {

    @Bean
    @DependsOnDatabaseInitialization
    OAuth2AuthorizationService authorizations(JdbcOperations jdbc, RegisteredClientRepository clients, Users users,
            TransactionTemplate transaction, OidcProperties properties, Clock clock, DeviceClientSecurity devices) {
        return new Authorizations(jdbc, clients, users, transaction, new SealedJson(properties), clock,
                devices::source);
    }

    @Bean
    OAuth2AuthorizationConsentService consents() {
        return new NoConsents();
    }

    /** Remembers nothing: a person allows each sign-in at a command line, whose code nobody else has compared. */
    private static final class NoConsents implements OAuth2AuthorizationConsentService {

        @Override
        public void save(OAuth2AuthorizationConsent consent) {
        }

        @Override
        public void remove(OAuth2AuthorizationConsent consent) {
        }

        @Override
        public @Nullable OAuth2AuthorizationConsent findById(String client, String user) {
            return null;
        }
    }

    @Bean
    JWKSource<SecurityContext> keys(SigningKeys keys) {
        return keys.published();
    }

    @Bean
    JwtEncoder tokenEncoder(SigningKeys keys) {
        return new NimbusJwtEncoder((selector, _) -> selector.select(new JWKSet(keys.signing())));
    }

    @Bean
    RecurringTask<Void> rotateSigningKeys(SigningKeys keys) {
        return Tasks.recurring("rotate-signing-keys", FixedDelay.of(Duration.ofMinutes(1)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> keys.rotate());
    }

    /** Stateless: the session of a token follows from the sign-in itself, see {@link SessionId}. */
    @Bean
    SessionRegistry sessions() {
        return new SessionRegistryImpl() {
            @Override
            public void registerNewSession(String sessionId, Object principal) {
            }
        };
    }

    @Bean
    RecurringTask<Void> deleteExpiredAuthorizations(ExpiredAuthorizations expired) {
        return Tasks.recurring("delete-expired-authorizations", FixedDelay.of(Duration.ofMinutes(10)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> expired.delete());
    }

    @Bean
    RecurringTask<Void> forgetOldSessions(SignIns signIns) {
        return Tasks.recurring("forget-old-sessions", FixedDelay.of(Duration.ofHours(1)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> signIns.deleteExpired());
    }

    /** This service's own API verifies with the key directly, without an HTTP request to itself. */
    @Bean
    JwtDecoder tokens(JWKSource<SecurityContext> keys, OidcProperties properties,
            @Value("${spring.application.name}") String audience) {
        var decoder = NimbusJwtDecoder.withJwkSource(keys).build();
        decoder.setJwtValidator(AccessTokens.validator(properties.issuer().toString(), audience));
        return decoder;
    }
}
