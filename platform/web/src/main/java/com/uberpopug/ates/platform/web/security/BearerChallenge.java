package com.uberpopug.ates.platform.web.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.web.AuthenticationEntryPoint;

/**
 * Asks for a bearer token, as Spring does, but names no description of the API by RFC 9728: nobody here gives one. For
 * one of a newer sign-in it says of which age, by RFC 9470.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750, The WWW-Authenticate Response Header
 *      Field</a>
 */
public final class BearerChallenge implements AuthenticationEntryPoint {

    private final BearerTokenAuthenticationEntryPoint challenge = new BearerTokenAuthenticationEntryPoint();

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException refused) {
        challenge.commence(request, response, refused);
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, response.getHeader(HttpHeaders.WWW_AUTHENTICATE)
                .replaceFirst(",? resource_metadata=\"[^\"]*\"", "")
                + (refused instanceof SignInTooOldException old ? ", max_age=\"" + old.maxAgeSeconds() + "\"" : ""));
    }
}
