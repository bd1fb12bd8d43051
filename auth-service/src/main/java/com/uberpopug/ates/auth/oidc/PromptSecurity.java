package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.platform.web.security.SignInTime;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationContext;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;

/**
 * The parameters {@code prompt} and {@code max_age} of an authorization request: whether the user must sign in although
 * there is a session. Spring checks the combinations of {@code none} only, and asks nobody again.
 *
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest">OpenID Connect Core, 3.1.2.1</a>
 */
public final class PromptSecurity {

    private static final String PROMPT = "prompt";
    private static final String MAX_AGE = "max_age";
    private static final String NONE = "none";
    /** The sign-in page shows the signed-in user, so it is also the place to choose another. */
    private static final Set<String> ASKING = Set.of("login", "select_account");
    private static final Set<String> KNOWN = Set.of(NONE, "login", "consent", "select_account");
    /** In seconds: up to 31 years. */
    private static final Pattern AGE = Pattern.compile("\\d{1,9}");

    private PromptSecurity() {
    }

    /** Whether no page may be shown. */
    public static boolean isNone(HttpServletRequest request) {
        return lists(request.getParameter(PROMPT), Set.of(NONE));
    }

    /** Whether an authorization request refuses this sign-in, and another is needed. */
    public static boolean refuses(HttpServletRequest request, Authentication signedIn, Instant now) {
        return refuses(request.getParameter(PROMPT), request.getParameter(MAX_AGE), signedIn, now);
    }

    /** The same for the address of an authorization request. */
    public static boolean refuses(String address, Authentication signedIn, Instant now) {
        var parameters = parameters(address).stream()
                .collect(Collectors.toMap(PromptSecurity::name, PromptSecurity::value, (one, _) -> one));
        return refuses(parameters.get(PROMPT), parameters.get(MAX_AGE), signedIn, now);
    }

    private static boolean refuses(@Nullable String prompt, @Nullable String maxAge, Authentication signedIn,
            Instant now) {
        return lists(prompt, ASKING) || age(maxAge).filter(age -> age.isZero() || SignInTime.of(signedIn)
                .filter(at -> at.plus(age).isAfter(now)).isEmpty()).isPresent();
    }

    /** The authorization request after its user has signed in: asked again, it would ask for ever. */
    public static String answered(String address) {
        var path = address.split("\\?", 2)[0];
        return path + parameters(address).stream().filter(each -> !name(each).equals(MAX_AGE))
                .map(each -> name(each).equals(PROMPT) ? withoutAsking(value(each)) : each)
                .filter(each -> !each.isEmpty()).collect(Collectors.joining("&", "?", ""));
    }

    private static String withoutAsking(String prompt) {
        var others = Arrays.stream(prompt.split(" ")).filter(value -> !ASKING.contains(value) && KNOWN.contains(value))
                .collect(Collectors.joining("+"));
        return others.isEmpty() ? "" : PROMPT + "=" + others;
    }

    /** Refuses values that mean nothing, as other wrong requests are refused; an empty one counts as left out. */
    public static void validate(OAuth2AuthorizationCodeRequestAuthenticationContext context) {
        OAuth2AuthorizationCodeRequestAuthenticationToken request = context.getAuthentication();
        Map<String, Object> parameters = request.getAdditionalParameters();
        if (parameters.get(PROMPT) instanceof Object prompt && !(prompt instanceof String text
                && (text.isEmpty() || KNOWN.containsAll(List.of(text.split(" ", -1)))))) {
            throw refused(request, context, PROMPT);
        }
        if (parameters.get(MAX_AGE) instanceof Object age && !(age instanceof String text
                && (text.isEmpty() || AGE.matcher(text).matches()))) {
            throw refused(request, context, MAX_AGE);
        }
    }

    private static RuntimeException refused(OAuth2AuthorizationCodeRequestAuthenticationToken request,
            OAuth2AuthorizationCodeRequestAuthenticationContext context, String parameter) {
        var redirect = request.getRedirectUri() instanceof String address && !address.isBlank()
                ? address
                : context.getRegisteredClient().getRedirectUris().iterator().next();
        var answered = new OAuth2AuthorizationCodeRequestAuthenticationToken(request.getAuthorizationUri(),
                request.getClientId(), (Authentication) request.getPrincipal(), redirect, request.getState(),
                request.getScopes(), request.getAdditionalParameters());
        answered.setAuthenticated(true);
        return new OAuth2AuthorizationCodeRequestAuthenticationException(
                new OAuth2Error(OAuth2ErrorCodes.INVALID_REQUEST, "OAuth 2.0 Parameter: " + parameter, null), answered);
    }

    private static boolean lists(@Nullable String values, Set<String> wanted) {
        return values != null && Arrays.stream(values.split(" ")).anyMatch(wanted::contains);
    }

    private static Optional<Duration> age(@Nullable String seconds) {
        return Optional.ofNullable(seconds).filter(text -> AGE.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    private static List<String> parameters(String address) {
        var query = address.indexOf('?');
        return query < 0 ? List.of() : Arrays.asList(address.substring(query + 1).split("&"));
    }

    private static String name(String parameter) {
        return decoded(parameter.split("=", 2)[0]);
    }

    private static String value(String parameter) {
        var parts = parameter.split("=", 2);
        return parts.length < 2 ? "" : decoded(parts[1]);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
