package com.uberpopug.ates.platform.web.security;

import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * The signed-in user of a request; controllers take it as a parameter.
 *
 * @param id   the user
 * @param role as the service's own copy of the users has it, which is newer than the token
 */
public record Caller(UUID id, Role role) {

    /** Whether the caller has one of these roles. */
    public boolean is(Role... roles) {
        return Arrays.asList(roles).contains(role);
    }

    /** Gives controllers the {@link Caller}. */
    static final class Argument implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Caller.class;
        }

        @Override
        public Caller resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
                NativeWebRequest request, @Nullable WebDataBinderFactory binders) {
            var authentication = SecurityContextHolder.getContext().getAuthentication();
            if (authentication == null) {
                throw new AccessDeniedException("Nobody is signed in");
            }
            return new Caller(UUID.fromString(authentication.getName()), Role.of(authentication)
                    .orElseThrow(() -> new AccessDeniedException("The account is deactivated, or has no role")));
        }
    }
}
