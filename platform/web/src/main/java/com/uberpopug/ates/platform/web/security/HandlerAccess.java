package com.uberpopug.ates.platform.web.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Decides who may call a handler by its declaration: {@link Allowed}, {@link AllowedToUsers} or
 * {@link AllowedToAnyone}; and by {@link FreshSignIn}, how long ago they have signed in.
 *
 * <p>It does so within the filter chain, before anything of the request but its path and method is looked at: a rule
 * that is checked in or around the handler comes after the body was validated and the idempotency keys were looked up.
 */
public final class HandlerAccess implements AuthorizationManager<RequestAuthorizationContext> {

    private final RequestMappingHandlerMapping handlers;
    private final SignInLimit signIns;

    HandlerAccess(RequestMappingHandlerMapping handlers, SignInLimit signIns) {
        this.handlers = handlers;
        this.signIns = signIns;
    }

    /**
     * Whether the caller may go on. What no handler is mapped to, such as a file or an unknown path, is for active
     * users.
     *
     * @throws AccessDeniedException where the caller is an active user whose role is not among those allowed
     * @throws SignInTooOldException where a caller whose role is allowed has to sign in again
     */
    @Override
    public AuthorizationDecision authorize(Supplier<? extends @Nullable Authentication> caller,
            RequestAuthorizationContext context) {
        var handler = handler(context.getRequest());
        if (handler.isPresent() && handler.get().hasMethodAnnotation(AllowedToAnyone.class)) {
            return new AuthorizationDecision(true);
        }
        var role = Role.of(caller.get());
        if (role.isEmpty() || handler.isEmpty()) {
            return new AuthorizationDecision(role.isPresent());
        }
        var allowed = handler.get().getMethodAnnotation(Allowed.class);
        if (allowed == null || !Arrays.asList(allowed.value()).contains(role.get())) {
            throw new AccessDeniedException("The role " + role.get().wire() + " may not do this");
        }
        if (handler.get().hasMethodAnnotation(FreshSignIn.class)) {
            signIns.require(Objects.requireNonNull(caller.get()));
        }
        return new AuthorizationDecision(true);
    }

    /** The handler that will take a request; empty for a file, an unknown path or another method. */
    public Optional<HandlerMethod> handler(HttpServletRequest request) {
        // Spring MVC answers it from its mappings.
        if (HttpMethod.OPTIONS.matches(request.getMethod())) {
            return Optional.empty();
        }
        boolean parsed = ServletRequestPathUtils.hasParsedRequestPath(request);
        try {
            if (!parsed) {
                ServletRequestPathUtils.parseAndCache(request);
            }
            var found = handlers.getHandler(request);
            return found != null && found.getHandler() instanceof HandlerMethod handler
                    ? Optional.of(handler)
                    : Optional.empty();
        } catch (Exception _) {
            // No handler takes the method or the types of this request: Spring MVC refuses it in the same way.
            return Optional.empty();
        } finally {
            if (!parsed) {
                ServletRequestPathUtils.clearParsedRequestPath(request);
            }
        }
    }
}
