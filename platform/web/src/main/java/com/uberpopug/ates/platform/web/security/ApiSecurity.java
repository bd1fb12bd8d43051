package com.uberpopug.ates.platform.web.security;

import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.uberpopug.ates.platform.events.security.Origin;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.ExceptionHandlingConfigurer;
import org.springframework.security.config.annotation.web.configurers.SessionManagementConfigurer.SessionFixationConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Opens {@code /api/**} to bearer tokens of the company's auth service, metrics to those of admins and of machines with
 * the scope {@code metrics}, and the health to everyone, with details for admins. Everything that no other filter chain
 * opens is closed.
 */
@Configuration(proxyBeanMethods = false)
public class ApiSecurity implements WebMvcConfigurer {

    private static final Duration KEYS_KEPT = Duration.ofMinutes(5);
    private static final Duration KEYS_KEPT_IN_OUTAGE = Duration.ofHours(4);
    private static final Duration KEYS_INTERVAL = Duration.ofSeconds(10);
    private static final JWKSelector ANY = new JWKSelector(new JWKMatcher.Builder().build());
    private static final int KEYS_TIMEOUT_MILLIS = 2_000;
    private static final int KEYS_MAX_BYTES = 100_000;
    private static final String PIPELINE = "/actuator/health/pipeline";
    private static final String METRICS = "/actuator/prometheus";
    private static final String METRICS_SCOPE = "SCOPE_metrics";

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new Caller.Argument());
    }

    @Bean
    Origin.Source requestOrigin() {
        return new RequestOrigin();
    }

    /** In every filter chain, where the caller is still known when the answer comes back. */
    @Bean
    Customizer<HttpSecurity> recordRefusedCalls(SecurityLog securityLog) {
        return http -> http.addFilterAfter(new RefusedCalls(securityLog), SecurityContextHolderFilter.class);
    }

    @Bean
    HandlerAccess handlerAccess(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers,
            SignInLimit signIns) {
        return new HandlerAccess(handlers, signIns);
    }

    @Bean
    SignInLimit signInLimit(Clock clock, @Value("${ates.fresh-sign-in}") Duration limit) {
        return new SignInLimit(clock, limit);
    }

    @Bean
    @Order(100)
    SecurityFilterChain api(HttpSecurity http, UserDirectory users, JwtDecoder tokens, HandlerAccess access,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return http.securityMatcher("/api/**", PIPELINE, METRICS)
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers(PIPELINE).permitAll()
                        .requestMatchers(METRICS).hasAnyAuthority(Role.ADMIN.authority(), METRICS_SCOPE)
                        .anyRequest().access(access))
                // A page's session that comes along with a token is none of the API's business.
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS)
                        .sessionFixation(SessionFixationConfigurer::none))
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .exceptionHandling(refusals(problems))
                .exceptionHandling(handling -> handling.accessDeniedHandler((request, response,
                        refused) -> problems.resolveException(request, response, null, explained(refused))))
                .oauth2ResourceServer(server -> server
                        .authenticationEntryPoint((request, response,
                                refused) -> unauthenticated(problems, request, response, refused))
                        .jwt(jwt -> jwt.decoder(tokens).jwtAuthenticationConverter(new TokenConverter(users)))
                        .withObjectPostProcessor(new ObjectPostProcessor<BearerTokenAuthenticationFilter>() {
                            @Override
                            public <F extends BearerTokenAuthenticationFilter> F postProcess(F filter) {
                                // By default it rethrows when the auth service is away, which would end in a 500.
                                filter.setAuthenticationFailureHandler((request, response,
                                        refused) -> unauthenticated(problems, request, response, refused));
                                return filter;
                            }
                        }))
                .build();
    }

    @Bean
    @Order(1000)
    SecurityFilterChain rest(HttpSecurity http,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return http
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers("/actuator/**", "/v3/api-docs/**", "/v3/api-docs.yaml", "/swagger-ui/**",
                                "/swagger-ui.html",
                                "/error")
                        .permitAll()
                        .anyRequest().denyAll())
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .exceptionHandling(refusals(problems))
                .build();
    }

    /**
     * The keys of the auth service stay good while it is away, and a withdrawn one for {@link #KEYS_KEPT}. A new key is
     * fetched the moment a token names it; tokens that name keys at random cause two requests in {@link #KEYS_INTERVAL}.
     */
    @Bean
    @ConditionalOnMissingBean
    JwtDecoder tokens(@Value("${ates.issuer}") String issuer, @Value("${ates.auth-address}") String address,
            @Value("${spring.application.name}") String audience) throws MalformedURLException {
        var fetched = JWKSourceBuilder
                .<SecurityContext>create(URI.create(address + "/oauth2/jwks").toURL(),
                        new DefaultResourceRetriever(KEYS_TIMEOUT_MILLIS, KEYS_TIMEOUT_MILLIS, KEYS_MAX_BYTES))
                .cache(KEYS_KEPT.toMillis(), KEYS_TIMEOUT_MILLIS)
                .rateLimited(KEYS_INTERVAL.toMillis())
                .outageTolerant(KEYS_KEPT_IN_OUTAGE.toMillis())
                .retrying(true)
                .build();
        JWKSource<SecurityContext> keys = (selector, context) -> {
            try {
                return fetched.get(selector, context);
            } catch (RateLimitReachedException e) {
                // An unknown key is no outage, as long as the known ones are fresh; else this throws again.
                fetched.get(ANY, context);
                return List.of();
            }
        };
        var decoder = NimbusJwtDecoder.withJwkSource(keys).build();
        decoder.setJwtValidator(AccessTokens.validator(issuer, audience));
        return decoder;
    }

    /** Five spans in every request would hide the rest, and cost more than they show. */
    @Bean
    SecurityObservationSettings noSpansOfSecurity() {
        return SecurityObservationSettings.noObservations();
    }

    private static Customizer<ExceptionHandlingConfigurer<HttpSecurity>> refusals(HandlerExceptionResolver problems) {
        return handling -> handling
                .authenticationEntryPoint((request, response,
                        refused) -> unauthenticated(problems, request, response, refused))
                .accessDeniedHandler((request, response, refused) -> problems.resolveException(request, response, null,
                        refused));
    }

    /** Spring's own message is only that access is denied. */
    private static AccessDeniedException explained(AccessDeniedException refused) {
        return refused instanceof AuthorizationDeniedException
                ? new AccessDeniedException("The account is deactivated, or its role does not allow this")
                : refused;
    }

    private static void unauthenticated(HandlerExceptionResolver problems, HttpServletRequest request,
            HttpServletResponse response, AuthenticationException refused) {
        if (!(refused instanceof AuthenticationServiceException)) {
            // Sets the header WWW-Authenticate of RFC 6750; the body follows.
            new BearerChallenge().commence(request, response, refused);
        }
        problems.resolveException(request, response, null, refused);
    }
}
