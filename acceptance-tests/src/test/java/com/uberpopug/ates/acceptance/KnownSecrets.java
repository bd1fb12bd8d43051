package com.uberpopug.ates.acceptance;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Every secret that the tests of this run have used or seen, each with its kind. */
final class KnownSecrets {

    /** Shorter texts would be found by chance. */
    private static final int SHORTEST = 8;
    /** Cookies that are settings, only say that something was not sent, or hold the public name of a session. */
    private static final Set<String> OPEN_COOKIES = Set.of("ates_language", "ates_theme", "ates_not_sent",
            "ATES_AUTH_SIGN_ON");
    private static final Pattern COOKIE = Pattern.compile("([^=;]+)=([^;]*)");
    private static final Pattern IN_ADDRESS = Pattern.compile("[?&](code|token|state|nonce|id_token_hint)=([^&#]+)");
    private static final Pattern IN_FORM = Pattern.compile("name=\"(_csrf|token)\"[^>]*value=\"([^\"]+)\"");
    private static final Pattern IN_JSON = Pattern
            .compile("\"(access_token|id_token|refresh_token|device_code|user_code)\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern LINK = Pattern.compile("(first-password[^\"'\\s<]*[?&])(?:token=)([\\w-]+)");

    private static final KnownSecrets OF_THIS_RUN = new KnownSecrets();

    private final Map<String, String> kinds = new ConcurrentHashMap<>();

    /** Those of this JVM. */
    static KnownSecrets ofThisRun() {
        return OF_THIS_RUN;
    }

    /** The secrets with their kinds. */
    Map<String, String> kinds() {
        return kinds;
    }

    void note(String kind, @Nullable String secret) {
        if (secret != null && secret.length() >= SHORTEST) {
            kinds.putIfAbsent(secret, kind);
            kinds.putIfAbsent(URLEncoder.encode(secret, StandardCharsets.UTF_8), kind + ", encoded");
        }
    }

    /** A session cookie holds the id in Base64. */
    void noteCookie(String name, String value) {
        if (!OPEN_COOKIES.contains(name)) {
            note("the cookie " + name, value);
            try {
                note("the id in the cookie " + name,
                        new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII));
            } catch (IllegalArgumentException _) {
                // It holds something else.
            }
        }
    }

    /** The secrets of an exchange: cookies, the caller's token, and those in addresses, forms and JSON. */
    void noteAll(HttpResponse<String> response) {
        response.headers().allValues("Set-Cookie").forEach(cookie -> {
            var parts = COOKIE.matcher(cookie);
            if (parts.lookingAt()) {
                noteCookie(parts.group(1), parts.group(2));
            }
        });
        response.request().headers().allValues("Authorization").forEach(header -> note("a bearer token or login",
                header.substring(header.indexOf(' ') + 1)));
        response.headers().allValues("Location").forEach(address -> note(IN_ADDRESS, address));
        note(IN_ADDRESS, response.uri().toString());
        note(IN_FORM, response.body());
        note(IN_JSON, response.body());
        note(LINK, response.body());
    }

    private void note(Pattern pattern, String text) {
        var found = pattern.matcher(text);
        while (found.find()) {
            note(found.group(1), found.group(2));
        }
    }
}
