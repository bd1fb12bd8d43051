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
 * The sign-ins that a browser has begun, each in a sealed cookie of its own, so that tabs do not take each other's, any
 * instance can finish what another began, and nobody has a session before they are signed in.
 *
 * <p>A cookie is good for an hour and goes to {@value #PATH} only. Those of all services on a host have to fit into the
 * headers of a request: the oldest of this service are given up where all are longer than {@value #MAX_ALL} characters
 * together, and its own longer than {@value #MAX_OWN}.
 */
final class SignInRequests implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

    static final String PATH = "/login/oauth2";
    /** The attribute of an authorization request with the page to come back to. */
    static final String RETURN_PAGE = "ates.return-page";

    private static final String KIND = "_SIGN_IN_";
    private static final Duration LIFETIME = Duration.ofHours(1);
    /** So that five always fit; a page with a longer address is forgotten. */
    private static final int MAX_ONE = 760;
    private static final int MAX_OWN = 4_000;
    private static final int MAX_ALL = 5_000;

    private final String prefix;
    private final ClientRegistration client;
    private final SealedText sealed;
    private final Clock clock;

    /** @param name of the service, which is part of its cookies' names: they go to all services of a host */
    SignInRequests(String name, ClientRegistration client, SealedText sealed, Clock clock) {
        this.prefix = "ATES_" + name + KIND;
        this.client = client;
        this.sealed = sealed;
        this.clock = clock;
    }

    /** What cannot be computed anew of an authorization request. */
    private record Begun(Instant at, String state, String nonce, String verifier, String page) {

        static Begun of(OAuth2AuthorizationRequest request, Instant at) {
            return new Begun(at, String.valueOf(request.getState()),
                    String.valueOf((Object) request.getAttribute(OidcParameterNames.NONCE)),
                    String.valueOf((Object) request.getAttribute(PkceParameterNames.CODE_VERIFIER)),
                    request.getAttribute(RETURN_PAGE) instanceof String page ? page : "/");
        }

        static Begun parse(String text) {
            var parts = text.split(" ", 5);
            return new Begun(Instant.ofEpochMilli(Long.parseLong(parts[0])), parts[1], parts[2], parts[3], parts[4]);
        }

        Begun withoutPage() {
            return new Begun(at, state, nonce, verifier, "/");
        }

        String text() {
            return String.join(" ", Long.toString(at.toEpochMilli()), state, nonce, verifier, page);
        }
    }

    /** The page that the sign-in which this request finishes leads back to. */
    static String page(HttpServletRequest request) {
        return request.getAttribute(RETURN_PAGE) instanceof String page ? page : "/";
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        var state = request.getParameter(OAuth2ParameterNames.STATE);
        return state == null
                ? null
                : own(request).filter(cookie -> cookie.getName().equals(name(state)))
                        .flatMap(cookie -> open(cookie).stream()).filter(begun -> begun.state().equals(state))
                        .map(begun -> restored(begun, request)).findFirst().orElse(null);
    }

    @Override
    public void saveAuthorizationRequest(OAuth2AuthorizationRequest begun, HttpServletRequest request,
            HttpServletResponse response) {
        var flow = Begun.of(begun, clock.instant());
        var value = sealed.seal(flow.text());
        if (value.length() > MAX_ONE) {
            value = sealed.seal(flow.withoutPage().text());
        }
        makeRoom(value.length(), request, response);
        add(response, request, name(flow.state()), value, LIFETIME);
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(HttpServletRequest request,
            HttpServletResponse response) {
        var begun = loadAuthorizationRequest(request);
        if (begun != null) {
            request.setAttribute(RETURN_PAGE, begun.getAttribute(RETURN_PAGE));
            add(response, request, name(String.valueOf(begun.getState())), "", Duration.ZERO);
        }
        return begun;
    }

    private void makeRoom(int length, HttpServletRequest request, HttpServletResponse response) {
        int all = cookies(request).filter(cookie -> cookie.getName().contains(KIND)).mapToInt(SignInRequests::length)
                .sum() + length;
        int own = own(request).mapToInt(SignInRequests::length).sum() + length;
        for (var cookie : own(request).sorted(Comparator.comparing(this::age)).toList()) {
            if (all <= MAX_ALL || own <= MAX_OWN) {
                return;
            }
            add(response, request, cookie.getName(), "", Duration.ZERO);
            all -= length(cookie);
            own -= length(cookie);
        }
    }

    /** What cannot be read is the oldest. */
    private Instant age(Cookie cookie) {
        return open(cookie).map(Begun::at).orElse(Instant.MIN);
    }

    private Optional<Begun> open(Cookie cookie) {
        return sealed.open(cookie.getValue()).map(Begun::parse)
                .filter(begun -> begun.at().plus(LIFETIME).isAfter(clock.instant()));
    }

    private OAuth2AuthorizationRequest restored(Begun begun, HttpServletRequest request) {
        return OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(Objects.requireNonNull(client.getProviderDetails().getAuthorizationUri()))
                .clientId(client.getClientId()).scopes(client.getScopes()).state(begun.state())
                // It leads to where this request has come.
                .redirectUri(request.getRequestURL().toString())
                .attributes(attributes -> attributes.putAll(Map.of(
                        OAuth2ParameterNames.REGISTRATION_ID, client.getRegistrationId(),
                        OidcParameterNames.NONCE, begun.nonce(), PkceParameterNames.CODE_VERIFIER, begun.verifier(),
                        RETURN_PAGE, begun.page())))
                .build();
    }

    private String name(String state) {
        return prefix + UUID.nameUUIDFromBytes(state.getBytes(StandardCharsets.UTF_8)).toString().substring(0, 8);
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
