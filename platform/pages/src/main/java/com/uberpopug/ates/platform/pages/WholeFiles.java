package com.uberpopug.ates.platform.pages;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Serves static files whole, or as 304 if the {@code ETag} matches. Ranges are ignored: the files are small, and ranges
 * of compressed responses cannot be combined. Only paths with a hash of the content or a version are cached for good.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14.2">RFC 9110, Range: a server may ignore it</a>
 */
final class WholeFiles extends OncePerRequestFilter {

    private static final Set<String> IGNORED = Set.of("range", "if-range", "if-match", "if-unmodified-since");
    private static final Set<String> COMPARED_HERE = Set.of("if-none-match", "if-modified-since");

    /** A library's files stay the same within a version. */
    private static final Pattern VERSION = Pattern.compile("/webjars/[^/]+/\\d.*");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var known = String.join(",", Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH)));
        var file = new ContentCachingResponseWrapper(response);
        chain.doFilter(new PlainRequest(request, !known.isEmpty()), file);
        if (file.getStatus() == HttpStatus.OK.value() && !file.isCommitted()) {
            response.setHeader(HttpHeaders.ACCEPT_RANGES, "none");
            var tag = file.getHeader(HttpHeaders.ETAG);
            if (tag == null && !VERSION.matcher(request.getServletPath()).matches()) {
                response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
            } else if (tag != null && isKnown(known, tag)) {
                response.setStatus(HttpStatus.NOT_MODIFIED.value());
                return;
            }
        }
        file.copyBodyToResponse();
    }

    private static boolean isKnown(String known, String tag) {
        var current = ETag.create(tag);
        return ETag.parse(known).stream().anyMatch(each -> each.isWildcard() || each.compare(current, false));
    }

    /** A request without the ignored headers, and without the conditions that are compared here. */
    private static final class PlainRequest extends HttpServletRequestWrapper {

        private final boolean comparedHere;

        PlainRequest(HttpServletRequest request, boolean comparedHere) {
            super(request);
            this.comparedHere = comparedHere;
        }

        private boolean isHidden(String name) {
            var lower = name.toLowerCase(Locale.ROOT);
            return IGNORED.contains(lower) || comparedHere && COMPARED_HERE.contains(lower);
        }

        @Override
        public @Nullable String getHeader(String name) {
            return isHidden(name) ? null : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
        }

        @Override
        public long getDateHeader(String name) {
            return isHidden(name) ? -1 : super.getDateHeader(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            return Collections.enumeration(Collections.list(super.getHeaderNames()).stream()
                    .filter(name -> !isHidden(name)).toList());
        }
    }
}
