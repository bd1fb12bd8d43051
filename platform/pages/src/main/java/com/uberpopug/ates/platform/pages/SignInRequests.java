package com.uberpopug.ates.platform.pages;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;

/**
 * The sign-ins that a browser has begun, each in a sealed cookie of its own: tabs do not share one, any instance can
 * finish a sign-in that another began, and there is no session before sign-in. The return page is in the
 * {@link SignInState}, and so outlives the cookie.
 *
 * <p>A cookie is valid for an hour and sent to {@value #PATH} only. The cookies of all services on a host have to fit
 * into the headers of a request: the oldest of this service are deleted while its own are longer than {@value #MAX_OWN}
 * characters together, or those of all services longer than {@value #MAX_ALL}.
 */
final class SignInRequests implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

    static final String PATH = "/login/oauth2";
    /** The attribute of an authorization request with the return page. */
    static final String RETURN_PAGE = "ates.return-page";

    private static final String KIND = "_SIGN_IN_";
    private static final Duration LIFETIME = Duration.ofHours(1);
    /** Five sign-ins. */
    private static final int MAX_OWN = 2_500;
    private static final int MAX_ALL = 7_500;

    private final String prefix;
    private final ClientRegistration client;
    private final SealedText sealed;
    private final ReturnPage returnPage;
    private final Clock clock;

    /** @param name of the service, which is part of its cookies' names: they go to all services of a host */
    SignInRequests(String name, ClientRegistration client, SealedText sealed, ReturnPage returnPage, Clock clock) {
        this.prefix = "ATES_" + name + KIND;
        this.client = client;
        this.sealed = sealed;
        this.returnPage = returnPage;
        this.clock = clock;
    }

    /** The parts of an authorization request that cannot be computed again. */
    private record Begun(Instant at, String flow, String nonce, String verifier) {

        static Begun of(OAuth2AuthorizationRequest request, Instant at) {
            return new Begun(at, SignInState.parse(String.valueOf(request.getState())).flow(),
                    String.valueOf((Object) request.getAttribute(OidcParameterNames.NONCE)),
                    String.valueOf((Object) request.getAttribute(PkceParameterNames.CODE_VERIFIER)));
        }

        static Begun parse(String text) {
            var parts = text.split(" ", 4);
            return new Begun(Instant.ofEpochMilli(Long.parseLong(parts[0])), parts[1], parts[2], parts[3]);
        }

        String text() {
            return String.join(" ", Long.toString(at.toEpochMilli()), flow, nonce, verifier);
        }
    }

    /** The return page of the sign-in that this request finishes. */
    static String page(HttpServletRequest request) {
        return request.getAttribute(RETURN_PAGE) instanceof String page ? page : "/";
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        var parameter = request.getParameter(OAuth2ParameterNames.STATE);
        if (parameter == null) {
            return null;
        }
        var flow = SignInState.parse(parameter).flow();
        return own(request).filter(cookie -> cookie.getName().equals(name(flow)))
                .flatMap(cookie -> open(cookie).stream()).filter(begun -> begun.flow().equals(flow))
                .map(begun -> restored(begun, parameter, request)).findFirst().orElse(null);
    }

    @Override
    public void saveAuthorizationRequest(OAuth2AuthorizationRequest begun, HttpServletRequest request,
            HttpServletResponse response) {
        var flow = Begun.of(begun, clock.instant());
        var name = name(flow.flow());
        var value = sealed.seal(flow.text());
        makeRoom(name.length() + value.length(), request, response);
        add(response, request, name, value, LIFETIME);
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(HttpServletRequest request,
            HttpServletResponse response) {
        var begun = loadAuthorizationRequest(request);
        if (begun != null) {
            request.setAttribute(RETURN_PAGE, begun.getAttribute(RETURN_PAGE));
            add(response, request, name(SignInState.parse(String.valueOf(begun.getState())).flow()), "", Duration.ZERO);
        }
        return begun;
    }

    private void makeRoom(int length, HttpServletRequest request, HttpServletResponse response) {
        int all = cookies(request).filter(cookie -> cookie.getName().contains(KIND)).mapToInt(SignInRequests::length)
                .sum() + length;
        int own = own(request).mapToInt(SignInRequests::length).sum() + length;
        for (var cookie : own(request).sorted(Comparator.comparing(this::age)).toList()) {
            if (all <= MAX_ALL && own <= MAX_OWN) {
                return;
            }
            add(response, request, cookie.getName(), "", Duration.ZERO);
            all -= length(cookie);
            own -= length(cookie);
        }
    }

    /** An unreadable cookie counts as the oldest. */
    private Instant age(Cookie cookie) {
        return open(cookie).map(Begun::at).orElse(Instant.MIN);
    }

    private Optional<Begun> open(Cookie cookie) {
        return sealed.open(cookie.getValue()).map(Begun::parse)
                .filter(begun -> begun.at().plus(LIFETIME).isAfter(clock.instant()));
    }

    private OAuth2AuthorizationRequest restored(Begun begun, String state, HttpServletRequest request) {
        return OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(Objects.requireNonNull(client.getProviderDetails().getAuthorizationUri()))
                .clientId(client.getClientId()).scopes(client.getScopes()).state(state)
                // The callback, which is the address of this request.
                .redirectUri(request.getRequestURL().toString())
                .attributes(attributes -> attributes.putAll(Map.of(
                        OAuth2ParameterNames.REGISTRATION_ID, client.getRegistrationId(),
                        OidcParameterNames.NONCE, begun.nonce(), PkceParameterNames.CODE_VERIFIER, begun.verifier(),
                        RETURN_PAGE, returnPage.open(SignInState.parse(state).page()).orElse("/"))))
                .build();
    }

    private String name(String flow) {
        return prefix + UUID.nameUUIDFromBytes(flow.getBytes(StandardCharsets.UTF_8)).toString().substring(0, 8);
    }

    private Stream<Cookie> own(HttpServletRequest request) {
        return cookies(request).filter(cookie -> cookie.getName().startsWith(prefix));
    }

    private static Stream<Cookie> cookies(HttpServletRequest request) {
        return request.getCookies() == null ? Stream.empty() : Arrays.stream(request.getCookies());
    }

    private static int length(Cookie cookie) {
        return cookie.getName().length() + cookie.getValue().length();
    }

    private static void add(HttpServletResponse response, HttpServletRequest request, String name, String value,
            Duration lifetime) {
        response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from(name, value).path(PATH).maxAge(lifetime)
                .httpOnly(true).secure(request.isSecure()).sameSite("Lax").build().toString());
    }
}
