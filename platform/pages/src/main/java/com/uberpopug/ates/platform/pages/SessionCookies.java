package com.uberpopug.ates.platform.pages;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.session.web.http.CookieSerializer;

/** Drops session cookies whose value cannot be an id: PostgreSQL would reject some of them, such as one with U+0000. */
final class SessionCookies implements CookieSerializer {

    private static final Pattern ID = Pattern.compile("[\\w-]{1,100}");

    private final CookieSerializer cookies;

    SessionCookies(CookieSerializer cookies) {
        this.cookies = cookies;
    }

    @Override
    public void writeCookieValue(CookieValue value) {
        cookies.writeCookieValue(value);
    }

    @Override
    public List<String> readCookieValues(HttpServletRequest request) {
        return cookies.readCookieValues(request).stream().filter(id -> ID.matcher(id).matches()).toList();
    }
}
