package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Gives handlers the {@link IfMatch} of a request. Those that ask for none change what has no versions, which no tag matches:
 * a condition is never passed over without a word.
 */
final class Versions implements HandlerMethodArgumentResolver, HandlerInterceptor {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == IfMatch.class;
    }

    @Override
    public IfMatch resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
            NativeWebRequest request, @Nullable WebDataBinderFactory binders) {
        var headers = request.getHeaderValues(HttpHeaders.IF_MATCH);
        return IfMatch.parse(headers == null ? List.of() : Arrays.asList(headers));
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod method) || SAFE.contains(request.getMethod())) {
            return true;
        }
        if (request.getHeaders(HttpHeaders.IF_NONE_MATCH).hasMoreElements()) {
            throw IfMatch.refused(HttpHeaders.IF_NONE_MATCH + " is for reading only: send the change with "
                    + HttpHeaders.IF_MATCH + " or without a condition");
        }
        if (Arrays.stream(method.getMethodParameters()).noneMatch(this::supportsParameter)
                && !IfMatch.parse(Collections.list(request.getHeaders(HttpHeaders.IF_MATCH))).allowsAny()) {
            throw IfMatch.refused("This has no versions: send the request without " + HttpHeaders.IF_MATCH);
        }
        return true;
    }
}
