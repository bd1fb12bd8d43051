package com.uberpopug.ates.platform.pages;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.session.web.http.CookieSerializer;

/**
 * Writes the secret of a session into its cookie, and reads the session's id from it. Drops cookies whose value cannot
 * be a secret.
 */
final class SessionCookies implements CookieSerializer {

    private static final Pattern SECRET = Pattern.compile("[\\w-]{48}");

    private final CookieSerializer cookies;
    private final SessionSecrets secrets;

    SessionCookies(CookieSerializer cookies, SessionSecrets secrets) {
        this.cookies = cookies;
        this.secrets = secrets;
    }

    /** An empty value ends the cookie. A session that a cookie has opened has no secret here, and its cookie stays. */
    @Override
    public void writeCookieValue(CookieValue id) {
        if (id.getCookieValue().isEmpty()) {
            cookies.writeCookieValue(id);
        } else {
            secrets.take(id.getCookieValue()).ifPresent(secret -> cookies
                    .writeCookieValue(new CookieValue(id.getRequest(), id.getResponse(), secret)));
        }
    }

    @Override
    public List<String> readCookieValues(HttpServletRequest request) {
        return cookies.readCookieValues(request).stream().filter(secret -> SECRET.matcher(secret).matches())
                .map(SessionSecrets::id).toList();
    }
}
