package com.uberpopug.ates.platform.web.security;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.security.Origin;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Reads who is calling, and from where, for the security log. */
final class RequestOrigin implements Origin.Source {

    @Override
    public Origin current() {
        if (!(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current)) {
            return Origin.SYSTEM;
        }
        var request = current.getRequest();
        var caller = SecurityContextHolder.getContext().getAuthentication();
        var name = caller == null || caller instanceof AnonymousAuthenticationToken || !caller.isAuthenticated()
                ? null
                : caller.getName();
        var user = Ids.parsed(name).orElse(null);
        return new Origin(user, user == null ? name : null, request.getRemoteAddr(),
                request.getHeader(HttpHeaders.USER_AGENT));
    }
}
