package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.pages.LiveStream.Message;
import com.uberpopug.ates.platform.web.security.Role;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes updates to one open page, without a thread of its own and without waiting for the reader. While the socket is
 * not writable, updates gather in the stream; the container closes the connection after its write timeout
 * ({@code server.tomcat.connection-timeout}).
 *
 * @see <a href="https://jakarta.ee/specifications/servlet/6.1/jakarta-servlet-spec-6.1#non-blocking-io">Jakarta Servlet 6.1,
 *      Non-Blocking I/O</a>
 */
final class LiveConnection implements WriteListener, AsyncListener {

    private static final Logger log = LoggerFactory.getLogger(LiveConnection.class);
    /** A change after a pause is written at once; changes within this time after it are written together. */
    private static final Duration GATHER = Duration.ofMillis(500);
    /** A comment of the protocol, which browsers ignore. */
    private static final byte[] BEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final LiveStream stream;
    private final Role role;
    private final String session;
    private final Function<Message, byte[]> format;
    private final ScheduledExecutorService writers;
    private final Consumer<LiveConnection> closed;
    private @Nullable AsyncContext exchange;
    private @Nullable ServletOutputStream out;
    /**
     * Whether a write would not block. After false, the container calls {@link #onWritePossible} once it is possible.
     */
    private boolean writable;
    private boolean unflushed;
    private boolean scheduled;
    private boolean beatDue;
    private boolean ended;
    private long written = System.nanoTime() - GATHER.toNanos();
    private volatile long checked = System.nanoTime();

    /**
     * Makes a connection that {@link #begin} connects to its page.
     *
     * @param role    the user's when they opened the page; another one ends the stream
     * @param session the id of the session whose end ends the stream
     * @param format  encodes a message as an event of the protocol
     * @param writers run the due writes, which never block
     * @param closed  called at least once after either side has ended the connection
     */
    LiveConnection(UUID user, Role role, String session, Function<Message, byte[]> format,
            ScheduledExecutorService writers,
            Consumer<LiveConnection> closed) {
        this.stream = new LiveStream(user);
        this.role = role;
        this.session = session;
        this.format = format;
        this.writers = writers;
        this.closed = closed;
    }

    UUID user() {
        return stream.user();
    }

    Role role() {
        return role;
    }

    String session() {
        return session;
    }

    /** Begins the response and leaves it open when the request's thread returns. */
    void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // A proxy may hold back the headers until the first bytes of the body.
        response.getOutputStream().write(BEAT);
        response.flushBuffer();
        var started = request.startAsync();
        // The container's timeout would end an idle stream; this class ends it.
        started.setTimeout(0);
        started.addListener(this);
        synchronized (this) {
            if (ended) {
                started.complete();
                return;
            }
            exchange = started;
            // Not a filter's wrapper of it: filters finish their wrappers when this method returns.
            out = started.getResponse().getOutputStream();
            out.setWriteListener(this);
        }
    }

    synchronized void becomesReady() {
        stream.becomesReady();
        writeSoon();
    }

    synchronized void send(List<LiveUpdate> updates) {
        stream.add(updates);
        writeSoon();
    }

    /** The time since the user's access was last confirmed. */
    Duration unchecked() {
        return Duration.ofNanos(System.nanoTime() - checked);
    }

    /** Notes that the user's access was confirmed. */
    void goOn() {
        checked = System.nanoTime();
    }

    /** The time since the last write. */
    synchronized Duration silent() {
        return Duration.ofNanos(System.nanoTime() - written);
    }

    /** Writes a heartbeat, whose failure reveals a client that is gone. */
    synchronized void beat() {
        beatDue = true;
        writeSoon();
    }

    /** Ends the response. */
    void end() {
        synchronized (this) {
            if (!ended && exchange != null) {
                try {
                    exchange.complete();
                } catch (IllegalStateException e) {
                    log.debug("The container has already ended the response", e);
                }
            }
            ended = true;
        }
        closed.accept(this);
    }

    private void writeSoon() {
        if (!ended && writable && !scheduled && (beatDue || !stream.isEmpty())) {
            scheduled = true;
            var _ = writers.schedule(this::write, written + GATHER.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private void write() {
        try {
            writeNext();
        } catch (IOException e) {
            // The page was closed; the container calls onError.
            log.debug("The client closed the connection", e);
        } catch (RuntimeException | Error e) {
            log.warn("A stream of live updates ends", e);
            end();
        }
    }

    private synchronized void writeNext() throws IOException {
        scheduled = false;
        if (ended || !writable || out == null) {
            return;
        }
        writable = false;
        var message = stream.next();
        out.write(message.isEmpty() ? BEAT : format.apply(message));
        beatDue = false;
        unflushed = true;
        written = System.nanoTime();
        flush(out);
    }

    private void flush(ServletOutputStream out) throws IOException {
        if (unflushed && out.isReady()) {
            unflushed = false;
            out.flush();
        }
        writable = !unflushed && out.isReady();
        writeSoon();
    }

    @Override
    public synchronized void onWritePossible() throws IOException {
        if (!ended && out != null) {
            flush(out);
        }
    }

    @Override
    public void onError(Throwable failure) {
        close();
    }

    @Override
    public void onError(AsyncEvent failed) {
        close();
        failed.getAsyncContext().complete();
    }

    @Override
    public void onComplete(AsyncEvent completed) {
        close();
    }

    @Override
    public void onTimeout(AsyncEvent late) {
        throw new IllegalStateException("The stream has no timeout");
    }

    @Override
    public void onStartAsync(AsyncEvent again) {
        throw new IllegalStateException("The stream is started once");
    }

    private void close() {
        synchronized (this) {
            ended = true;
        }
        closed.accept(this);
    }
}
