package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.platform.web.security.BearerChallenge;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.http.converter.OAuth2ErrorHttpMessageConverter;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Answers refused requests at the endpoints of OAuth 2.0 and OpenID Connect with a status, a challenge and JSON,
 * whatever {@code Accept} says, and never with a sign-in page.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.2">RFC 6749, Error Response</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750, The WWW-Authenticate Response Header
 *     Field</a>
 */
public final class ProtocolSecurity {

    /** The endpoints for browsers, where a person may sign in. */
    public static final String AUTHORIZE = "/oauth2/authorize";
    private static final String USER_INFO = "/userinfo";
    /** Where a client begins the device flow. */
    static final String DEVICE_AUTHORIZATION = "/oauth2/device_authorization";
    /** Where the forms of {@link DevicePage} are sent. */
    public static final String DEVICE_VERIFICATION = "/oauth2/device_verification";
    private static final Set<String> FOR_CLIENTS = Set.of("/oauth2/token", "/oauth2/introspect", "/oauth2/revoke",
            DEVICE_AUTHORIZATION);
    private static final String READ = "GET";
    private static final String DOCUMENT = "GET, HEAD";
    private static final String SENT = "POST";
    private static final Map<String, String> METHODS = Map.ofEntries(Map.entry("/oauth2/token", SENT),
            Map.entry("/oauth2/introspect", SENT), Map.entry("/oauth2/revoke", SENT),
            Map.entry(DEVICE_AUTHORIZATION, SENT), Map.entry(DEVICE_VERIFICATION, SENT),
            Map.entry("/oauth2/jwks", DOCUMENT),
            Map.entry("/.well-known/openid-configuration", DOCUMENT),
            Map.entry("/.well-known/oauth-authorization-server", DOCUMENT), Map.entry(AUTHORIZE, READ + ", " + SENT),
            Map.entry(USER_INFO, READ + ", " + SENT), Map.entry("/connect/logout", READ + ", " + SENT));

    /** Endpoints of Spring Security that no client here may use. */
    private static final Set<String> UNUSED = Set.of("/oauth2/par");

    private static final Set<String> GRANTS = Set.of(AuthorizationGrantType.AUTHORIZATION_CODE.getValue(),
            AuthorizationGrantType.CLIENT_CREDENTIALS.getValue(), AuthorizationGrantType.DEVICE_CODE.getValue());

    private static final OAuth2ErrorHttpMessageConverter JSON = new OAuth2ErrorHttpMessageConverter();

    private ProtocolSecurity() {
    }

    /** Leaves those grants in the provider's documents that a client here may have. */
    public static void offered(List<String> grants) {
        grants.retainAll(GRANTS);
    }

    /** Whether a person did not allow a sign-in at a command line. */
    public static boolean isDenied(AuthenticationException refused) {
        return code(refused).equals(OAuth2ErrorCodes.ACCESS_DENIED);
    }

    /** Whether an endpoint requires a client's own credentials. */
    public static boolean isForClients(HttpServletRequest request) {
        return FOR_CLIENTS.contains(request.getServletPath());
    }

    /** 401: the request has neither client credentials nor a token. */
    public static void unauthenticated(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException refused) throws IOException {
        if (isForClients(request)) {
            clientRefused(request, response, new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT));
        } else {
            new BearerChallenge().commence(request, response, refused);
        }
    }

    /** Refuses a client with wrong or missing credentials: 401 with a challenge, or 400. */
    public static void clientRefused(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException refused) throws IOException {
        var error = code(refused);
        boolean unknown = error.equals(OAuth2ErrorCodes.INVALID_CLIENT);
        if (unknown) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"aTES\"");
        }
        write(response, unknown ? HttpStatus.UNAUTHORIZED : HttpStatus.BAD_REQUEST, error);
    }

    /**
     * Refuses a request for user info by RFC 6750: an invalid token 401, one without a user 403, all other errors 400.
     */
    public static void userInfoRefused(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException refused) throws IOException {
        var challenge = switch (code(refused)) {
            case OAuth2ErrorCodes.INVALID_TOKEN -> BearerTokenErrors.invalidToken("The token is no longer valid");
            case OAuth2ErrorCodes.INSUFFICIENT_SCOPE -> BearerTokenErrors.insufficientScope("The token has no user",
                    "openid");
            default -> null;
        };
        if (challenge != null) {
            new BearerChallenge().commence(request, response, new OAuth2AuthenticationException(challenge));
            write(response, challenge.getHttpStatus(), challenge.getErrorCode());
        } else {
            write(response, HttpStatus.BAD_REQUEST, code(refused));
        }
    }

    /**
     * Refuses requests that are wrong at every endpoint: an endpoint or method that is not offered, or a repeated
     * parameter, which RFC 6749 forbids and Spring does not reject everywhere.
     *
     * @param offered the existing endpoints
     * @return whether the request was refused
     */
    public static boolean refused(RequestMatcher offered, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!offered.matches(request) || UNUSED.contains(request.getServletPath())
                || request.getServletPath().equals(DEVICE_VERIFICATION) && !request.getMethod().equals(SENT)) {
            var methods = METHODS.get(request.getServletPath());
            if (methods != null) {
                response.setHeader(HttpHeaders.ALLOW, methods);
            }
            response.sendError((methods == null ? HttpStatus.NOT_FOUND : HttpStatus.METHOD_NOT_ALLOWED).value());
            return true;
        }
        if (isForClients(request)
                && request.getParameterMap().values().stream().anyMatch(values -> values.length > 1)) {
            write(response, HttpStatus.BAD_REQUEST, OAuth2ErrorCodes.INVALID_REQUEST);
            return true;
        }
        return false;
    }

    private static String code(AuthenticationException refused) {
        return refused instanceof OAuth2AuthenticationException error
                ? error.getError().getErrorCode()
                : OAuth2ErrorCodes.INVALID_REQUEST;
    }

    private static void write(HttpServletResponse response, HttpStatus status, String error) throws IOException {
        var answer = new ServletServerHttpResponse(response);
        answer.setStatusCode(status);
        JSON.write(new OAuth2Error(error), null, answer);
    }
}
