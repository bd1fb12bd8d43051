package com.uberpopug.ates.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * The versions that a request to the REST API is meant for; a handler takes it as a parameter. A request that names
 * none is meant for every version.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1">RFC 9110, If-Match</a>
 */
public final class IfMatch {

    public static final String RULE = "must be * or entity tags in quotes, such as \"7\"";
    private static final String ANY = "*";

    private final @Nullable List<ETag> tags;

    private IfMatch(@Nullable List<ETag> tags) {
        this.tags = tags;
    }

    /** @throws ErrorResponseException 400 where the header is no list of entity tags, which must not pass for none */
    static IfMatch parse(List<String> headers) {
        if (headers.isEmpty()) {
            return new IfMatch(null);
        }
        var joined = String.join(",", headers).strip();
        var tags = ETag.parse(joined);
        if (tags.isEmpty() || !joined.equals(ANY) && tags.stream().anyMatch(ETag::isWildcard)) {
            throw Problems.badRequest(HttpHeaders.IF_MATCH, RULE);
        }
        return new IfMatch(tags);
    }

    /** Whether the request is meant for this version. A weak tag is meant for none. */
    public boolean allows(long version) {
        return tags == null || tags.stream().anyMatch(tag -> tag.isWildcard() || tag.compare(tag(version), true));
    }

    /** Whether the request is meant for every version. */
    boolean allowsAny() {
        return tags == null || tags.stream().anyMatch(ETag::isWildcard);
    }

    /** 412: the request is meant for another version than this, which is the one that there is. */
    public static ErrorResponseException changedMeanwhile(long version) {
        var refused = refused("It has been changed since the version that " + HttpHeaders.IF_MATCH
                + " names: get it anew and decide again");
        refused.getHeaders().setETag(tag(version).formattedTag());
        return refused;
    }

    static ErrorResponseException refused(String detail) {
        var status = HttpStatus.PRECONDITION_FAILED;
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }

    static ETag tag(long version) {
        return new ETag(Long.toString(version), false);
    }

    /**
     * Gives handlers the {@link IfMatch} of a request. Those that ask for none change what has no versions, which no
     * tag matches: a condition is never passed over without a word.
     */
    static final class Versions implements HandlerMethodArgumentResolver, HandlerInterceptor {

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
}
