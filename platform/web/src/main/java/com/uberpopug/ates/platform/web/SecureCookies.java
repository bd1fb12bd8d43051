package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The cookies of a service whose public address is {@code https}: each is {@code Secure}, and the name of each that a
 * script need not read begins with {@code __Host-}, so that no neighbouring host and no plain connection can set it. The
 * few cookies of a part of the site cannot have that prefix and begin with {@code __Secure-}; a neighbouring host can
 * set them, so none of them is a session or a proof by itself. The application knows neither prefix; a cookie without
 * its own one is not read.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-cookie-name-prefixes">Cookie
 *      Name Prefixes</a>
 */
final class SecureCookies {

    private static final String OF_HOST = "__Host-";
    private static final String OF_PATH = "__Secure-";
    /** Of sign-ins that have begun, of their form, of the page after them, and the name of what a sign-out ends. */
    private static final Pattern ON_A_PATH = Pattern.compile("ATES_[A-Z]+_SIGN_IN_\\w+|ATES_AUTH_(FORM|TO|SIGN_ON)");
    /** Of language, theme and drafts, which scripts read and write; none is a secret or a proof. */
    private static final String FOR_SCRIPTS = "ates_";
    private static final String HSTS = "Strict-Transport-Security";
    /** A year. */
    private static final String ALWAYS_SECURE = "max-age=31536000";

    private SecureCookies() {
    }

    private static String prefix(String name) {
        if (name.startsWith(FOR_SCRIPTS)) {
            return "";
        }
        return ON_A_PATH.matcher(name).matches() ? OF_PATH : OF_HOST;
    }

    /** Shows the cookies without their prefixes. */
    static final class Request extends HttpServletRequestWrapper {

        Request(HttpServletRequest request) {
            super(request);
        }

        @Override
        public Cookie @Nullable [] getCookies() {
            var cookies = super.getCookies();
            return cookies == null
                    ? null
                    : Arrays.stream(cookies).mapMulti(Request::bare).toArray(Cookie[]::new);
        }

        private static void bare(Cookie cookie, Consumer<Cookie> ours) {
            var name = cookie.getName();
            var bare = name.startsWith(OF_HOST)
                    ? name.substring(OF_HOST.length())
                    : name.startsWith(OF_PATH) ? name.substring(OF_PATH.length()) : name;
            if (!bare.isEmpty() && name.equals(prefix(bare) + bare)) {
                ours.accept(bare.equals(name) ? cookie : new Cookie(bare, cookie.getValue()));
            }
        }
    }

    /** Adds the prefixes and {@code Secure}, tells browsers to stay with https, and completes redirects. */
    static final class Response extends HttpServletResponseWrapper {

        private final URI address;

        Response(HttpServletResponse response, URI address) {
            super(response);
            this.address = address;
            response.setHeader(HSTS, ALWAYS_SECURE);
        }

        @Override
        public void reset() {
            super.reset();
            super.setHeader(HSTS, ALWAYS_SECURE);
        }

        @Override
        public void addCookie(Cookie cookie) {
            requireRoot(cookie.getName(), cookie.getPath());
            var secure = new Cookie(prefix(cookie.getName()) + cookie.getName(), cookie.getValue());
            cookie.getAttributes().forEach(secure::setAttribute);
            secure.setSecure(true);
            super.addCookie(secure);
        }

        @Override
        public void addHeader(String name, String value) {
            super.addHeader(name, HttpHeaders.SET_COOKIE.equalsIgnoreCase(name) ? secured(value) : value);
        }

        @Override
        public void setHeader(String name, String value) {
            super.setHeader(name, HttpHeaders.SET_COOKIE.equalsIgnoreCase(name) ? secured(value) : value);
        }

        private static String secured(String cookie) {
            var name = cookie.substring(0, cookie.indexOf('='));
            requireRoot(name, Arrays.stream(cookie.split(";")).map(String::strip)
                    .filter(each -> each.regionMatches(true, 0, "path=", 0, 5)).map(each -> each.substring(5))
                    .findFirst().orElse(null));
            boolean isSecure = Arrays.stream(cookie.split(";")).map(String::strip)
                    .anyMatch(each -> each.toLowerCase(Locale.ROOT).equals("secure"));
            return prefix(name) + cookie + (isSecure ? "" : "; Secure");
        }

        private static void requireRoot(String name, @Nullable String path) {
            if (prefix(name).equals(OF_HOST) && !"/".equals(path)) {
                throw new IllegalArgumentException("Browsers drop a cookie " + OF_HOST + name + " of the path " + path);
            }
        }

        /** The container would build an absolute address from the connection, which is the proxy's, without TLS. */
        @Override
        public void sendRedirect(String location) throws IOException {
            super.sendRedirect(location.startsWith("/") && !location.startsWith("//")
                    ? PublicAddress.origin(address) + location
                    : location);
        }
    }
}
