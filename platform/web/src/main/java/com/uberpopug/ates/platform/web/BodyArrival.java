package com.uberpopug.ates.platform.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.springframework.http.HttpHeaders;

/**
 * Receives the body of a request before the request takes anything scarce, so that slow senders delay nobody else. A body
 * of up to {@value #SMALL} bytes that arrives with its headers or within {@link #SOON}, as forms and JSON do, is received
 * at once. At most {@value #MAX_AWAITED} others are received at a time, {@value #MAX_OF_SOURCE} of one source, each for
 * {@link #PATIENCE} and a second for every {@value #BYTES_PER_SECOND} bytes of it; further ones are refused with 503, late
 * ones with 408. Both end the connection. As many refused ones are read for a moment more.
 *
 * <p>A valve of Tomcat's host, outside of the application: a filter would already have one of its places.
 */
final class BodyArrival extends ValveBase {

    /** They hold this many of Tomcat's threads; their buffers double, so two mebibytes each. */
    static final int MAX_AWAITED = 50;
    static final int MAX_OF_SOURCE = 10;
    static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Many clients send headers and body one after the other. */
    static final Duration SOON = Duration.ofMillis(200);
    static final int BYTES_PER_SECOND = 16 << 10;
    static final int SMALL = 64 << 10;
    private static final Duration POLL = Duration.ofMillis(2);
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final SourceLimit places = new SourceLimit(MAX_AWAITED, MAX_OF_SOURCE);
    private final SourceLimit drains = new SourceLimit(MAX_AWAITED, MAX_OF_SOURCE);

    BodyArrival() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (response.getStatus() >= HttpServletResponse.SC_BAD_REQUEST) {
            // Tomcat could not read the headers.
            getNext().invoke(request, response);
            return;
        }
        long length = request.getContentLengthLong();
        boolean chunked = length < 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
        if (!chunked && length <= 0) {
            getNext().invoke(request, response);
            return;
        }
        var exchange = request.getCoyoteRequest();
        if (length > BodyLimit.MAX_BYTES) {
            // BodyLimit refuses it, unread.
            getNext().invoke(request, response);
            drain(request, response);
            return;
        }
        if (exchange.hasExpectation()) {
            response.sendAcknowledgement(ContinueResponseTiming.ALWAYS);
            exchange.setExpectation(false);
        }
        var connection = exchange.getInputBuffer();
        var body = new Body();
        int refusal = receive(exchange, body, SourceLimit.source(request.getRemoteAddr()));
        if (refusal != 0) {
            if (refusal == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            }
            body.clear();
            // The host then skips the application, and writes the page of the error.
            response.sendError(refusal);
        }
        // Also for that page: it looks for parameters, and would wait for the body again.
        exchange.setInputBuffer(body);
        try {
            getNext().invoke(request, response);
        } finally {
            // The exchange is used again, for other connections.
            exchange.setInputBuffer(connection);
        }
        if (refusal != 0) {
            drain(request, response);
        }
    }

    /**
     * Takes the rest of a refused body for a moment, because many clients read the answer only after they have sent all;
     * Tomcat itself would do so for as long as bytes come. A source that has its share of such bodies gets the answer and
     * the end of the connection at once.
     */
    private void drain(Request request, Response response) throws IOException {
        response.finishResponse();
        var source = SourceLimit.source(request.getRemoteAddr());
        if (drains.tryAcquire(source)) {
            try {
                takeRest(request.getCoyoteRequest());
            } finally {
                drains.release(source);
            }
        }
        request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }

    private static void takeRest(org.apache.coyote.Request exchange) {
        var rest = new Body();
        long begun = System.nanoTime();
        long last = begun;
        try {
            while (System.nanoTime() - begun < DRAIN.toNanos() && System.nanoTime() - last < SOON.toNanos()) {
                exchange.action(ActionCode.AVAILABLE, true);
                if (exchange.getAvailable() == 0) {
                    LockSupport.parkNanos(POLL.toNanos());
                } else if (exchange.doRead(rest) < 0) {
                    break;
                } else {
                    last = System.nanoTime();
                }
            }
        } catch (IOException _) {
            // The client is gone.
        }
    }

    /** Reads all of a body; returns the status of a refusal, or 0. */
    private int receive(org.apache.coyote.Request exchange, Body body, String source) {
        long begun = System.nanoTime();
        boolean awaited = false;
        try {
            // Only the connection knows the end of a body in chunks. It must not be asked behind the end of another:
            // the bytes there are the next request's.
            while (exchange.getContentLengthLong() != body.size()) {
                exchange.action(ActionCode.AVAILABLE, true);
                long waited = System.nanoTime() - begun;
                boolean isLate = exchange.getAvailable() == 0;
                if (!awaited && (isLate || body.size() > SMALL)) {
                    if (isLate && waited < SOON.toNanos()) {
                        LockSupport.parkNanos(POLL.toNanos());
                        continue;
                    }
                    awaited = places.tryAcquire(source);
                    if (!awaited) {
                        return HttpServletResponse.SC_SERVICE_UNAVAILABLE;
                    }
                }
                if (exchange.doRead(body) < 0) {
                    return 0;
                }
                if (!body.take()) {
                    return HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE;
                }
                if (waited > PATIENCE.plusSeconds(body.size() / BYTES_PER_SECOND).toNanos()) {
                    return HttpServletResponse.SC_REQUEST_TIMEOUT;
                }
            }
            return 0;
        } catch (SocketTimeoutException silent) {
            return HttpServletResponse.SC_REQUEST_TIMEOUT;
        } catch (IOException malformed) {
            // Chunks that are none, or less than announced.
            return HttpServletResponse.SC_BAD_REQUEST;
        } finally {
            if (awaited) {
                places.release(source);
            }
        }
    }

    /** Takes what the connection gives, and gives it again as a whole. */
    private static final class Body implements ApplicationBufferHandler, InputBuffer {

        private final Bytes received = new Bytes();
        private ByteBuffer part = ByteBuffer.allocate(0);
        private boolean given;

        /** Adds the last part; false if the body is too large. */
        boolean take() {
            var bytes = new byte[part.remaining()];
            part.get(bytes);
            received.writeBytes(bytes);
            return received.size() <= BodyLimit.MAX_BYTES;
        }

        int size() {
            return received.size();
        }

        void clear() {
            received.reset();
        }

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            part = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return part;
        }

        @Override
        public void expand(int size) {
            // The connection's buffer is never too small for one of its reads.
        }

        @Override
        public int doRead(ApplicationBufferHandler reader) {
            if (given || received.size() == 0) {
                return -1;
            }
            given = true;
            reader.setByteBuffer(received.content());
            return received.size();
        }

        @Override
        public int available() {
            return given ? 0 : received.size();
        }

        /** Gives its content without a copy. */
        private static final class Bytes extends ByteArrayOutputStream {

            ByteBuffer content() {
                return ByteBuffer.wrap(buf, 0, count);
            }
        }
    }
}
