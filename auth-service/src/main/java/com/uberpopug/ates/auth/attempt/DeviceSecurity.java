package com.uberpopug.ates.auth.attempt;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/** The cookie of a known device: a random token for each of up to five users who have signed in on it. */
@Component
public class DeviceSecurity {

    private static final String COOKIE = "ATES_AUTH_DEVICE";
    private static final int MOST_TOKENS = 5;
    private static final Pattern TOKENS = Pattern.compile("[\\w-]{22}(\\.[\\w-]{22}){0,4}");

    private final KnownDevices devices;

    DeviceSecurity(KnownDevices devices) {
        this.devices = devices;
    }

    /** The source is the address of the connection; behind a proxy, the container takes it from the proxy's headers. */
    public static Origin origin(HttpServletRequest request) {
        return Origin.of(request.getRemoteAddr(), tokens(request));
    }

    /** Remembers the device of a user who has just signed in, or has proven otherwise who they are. */
    public void remember(UUID userId, HttpServletRequest request, HttpServletResponse response) {
        var tokens = Stream.concat(devices.remember(userId, tokens(request)).stream(), tokens(request).stream())
                .limit(MOST_TOKENS).collect(Collectors.joining("."));
        response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from(COOKIE, tokens).path("/").httpOnly(true)
                .secure(request.isSecure()).sameSite("Lax").maxAge(KnownDevices.REMEMBERED_FOR).build().toString());
    }

    private static List<String> tokens(HttpServletRequest request) {
        return WebUtils.getCookie(request, COOKIE) instanceof Cookie cookie
                && TOKENS.matcher(cookie.getValue()).matches() ? List.of(cookie.getValue().split("\\.")) : List.of();
    }
}
