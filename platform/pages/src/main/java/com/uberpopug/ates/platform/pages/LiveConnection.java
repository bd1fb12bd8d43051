package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.pages.LiveStream.Message;
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
 * Writes the updates of one open page to it, without a thread of its own and without ever waiting for its reader: while the
 * socket takes nothing, updates gather in the stream, and the container ends the connection after its write timeout
 * ({@code server.tomcat.connection-timeout}).
 *
 * @see <a href="https://jakarta.ee/specifications/servlet/6.1/jakarta-servlet-spec-6.1#non-blocking-io">Jakarta Servlet 6.1,
 *      Non-Blocking I/O</a>
 */
final class LiveConnection implements WriteListener, AsyncListener {

    private static final Logger log = LoggerFactory.getLogger(LiveConnection.class);
    /** A first change is written at once; those that follow it within this time are written together. */
    private static final Duration GATHER = Duration.ofMillis(500);
    /** A comment, which pages ignore. */
    private static final byte[] BEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final LiveStream stream;
    private final String session;
    private final Function<Message, byte[]> format;
    private final ScheduledExecutorService writers;
    private final Consumer<LiveConnection> closed;
    private @Nullable AsyncContext exchange;
    private @Nullable ServletOutputStream out;
    /** Whether the socket takes more without blocking; if not, the container calls {@link #onWritePossible} once it does. */
    private boolean writable;
    private boolean unflushed;
    private boolean scheduled;
    private boolean beatDue;
    private boolean ended;
    private long written = System.nanoTime() - GATHER.toNanos();
    private volatile long checked = System.nanoTime();

    /**
     * Of a page that is open, and not connected yet.
     *
     * @param session the id of the session that the stream ends with
     * @param format  an event of the protocol that holds the message
     * @param writers run what is due; they are never blocked
     * @param closed  called once or more often when the connection has ended, by whichever side
     */
    LiveConnection(UUID user, String session, Function<Message, byte[]> format, ScheduledExecutorService writers,
            Consumer<LiveConnection> closed) {
        this.stream = new LiveStream(user);
        this.session = session;
        this.format = format;
        this.writers = writers;
        this.closed = closed;
    }

    UUID user() {
        return stream.user();
    }

    String session() {
        return session;
    }

    /** Begins the response and leaves it open when the request's thread returns. */
    void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // A proxy may hold headers back until something follows them.
        response.getOutputStream().write(BEAT);
        response.flushBuffer();
        var started = request.startAsync();
        // It has no end but those that are written here.
        started.setTimeout(0);
        started.addListener(this);
        synchronized (this) {
            if (ended) {
                started.complete();
                return;
            }
            exchange = started;
            // The response within those of the filters, which are through with theirs once this method has returned.
            out = started.getResponse().getOutputStream();
            out.setWriteListener(this);
        }
    }

    synchronized void becomesReady() {
        stream.becomesReady();
        writeSoon();
    }

    synchronized void tell(List<LiveUpdate> updates) {
        stream.tell(updates);
        writeSoon();
    }

    /** The time since the user's access was last confirmed. */
    Duration unchecked() {
        return Duration.ofNanos(System.nanoTime() - checked);
    }

    /** Goes on, because the user's access was confirmed; a connection whose client is gone is noticed by what it writes. */
    synchronized void goOn() {
        checked = System.nanoTime();
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
                    log.debug("The container ends it already", e);
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
            // The page was closed. The container calls onError.
            log.debug("The client hung up", e);
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
        throw new IllegalStateException("It has no timeout");
    }

    @Override
    public void onStartAsync(AsyncEvent again) {
        throw new IllegalStateException("It is started once");
    }

    private void close() {
        synchronized (this) {
            ended = true;
        }
        closed.accept(this);
    }
}
