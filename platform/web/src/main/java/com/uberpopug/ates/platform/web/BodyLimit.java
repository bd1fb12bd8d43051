package com.uberpopug.ates.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses bodies of more than a mebibyte: at once where the length is announced, while reading where it is not.
 *
 * <p>One rule for all that read bodies, before the caller is known: Jackson's constraints bound JSON only, and Tomcat's
 * {@code maxPostSize} forms only; a body that the idempotency filter keeps falls under neither.
 */
public final class BodyLimit extends OncePerRequestFilter {

    public static final int MAX_BYTES = 1 << 20;

    private final EarlyRefusals refusals;

    BodyLimit(EarlyRefusals refusals) {
        this.refusals = refusals;
    }

    /** The body is larger than {@value #MAX_BYTES} bytes. */
    static final class TooLargeException extends IOException {
        TooLargeException() {
            super("A body may have up to " + MAX_BYTES + " bytes");
        }
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > MAX_BYTES) {
            refusals.refuse(request, response, new TooLargeException());
        } else {
            chain.doFilter(request.getContentLengthLong() < 0 ? counting(request) : request, response);
        }
    }

    private static HttpServletRequest counting(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public ServletInputStream getInputStream() throws IOException {
                return new CountingStream(super.getInputStream());
            }
        };
    }

    private static final class CountingStream extends ServletInputStream {

        private final ServletInputStream body;
        private long count;

        CountingStream(ServletInputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            int next = body.read();
            return next < 0 ? next : counted(next, 1);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = body.read(bytes, offset, length);
            return counted(read, Math.max(read, 0));
        }

        private int counted(int result, int more) throws TooLargeException {
            count += more;
            if (count > MAX_BYTES) {
                throw new TooLargeException();
            }
            return result;
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
