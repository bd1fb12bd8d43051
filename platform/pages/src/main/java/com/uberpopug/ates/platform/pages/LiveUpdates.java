package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.TopicReader;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * The open streams of this instance, the threads that write to them, and the thread that follows the source. The latter
 * runs until a minute after the last stream has closed, because every click closes one and opens another.
 */
final class LiveUpdates implements SmartLifecycle, DisposableBean {

    static final int MOST_STREAMS = 1_000;
    static final int MOST_STREAMS_OF_USER = 50;
    private static final Logger log = LoggerFactory.getLogger(LiveUpdates.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration LINGER = Duration.ofMinutes(1);
    /** Writers never wait for a reader; one may wait for the database while it checks access. */
    private static final int WRITERS = 3;

    private final @Nullable LiveSource source;
    private final Inbox inbox;
    private final TopicReader topicReader;
    private final LiveAccess access;
    private final Set<LiveConnection> streams = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService writers = Executors.newScheduledThreadPool(WRITERS,
            Thread.ofPlatform().name("live-writer-", 1).daemon().factory());
    private @Nullable Thread follower;
    private volatile long lastStream = System.nanoTime();
    private volatile boolean following;
    private volatile boolean running = true;

    LiveUpdates(@Nullable LiveSource source, Inbox inbox, TopicReader topicReader, LiveAccess access) {
        this.source = source;
        this.inbox = inbox;
        this.topicReader = topicReader;
        this.access = access;
        var _ = writers.scheduleWithFixedDelay(this::checkAccess, POLL.toMillis(), POLL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** The threads that write to the streams. */
    ScheduledExecutorService writers() {
        return writers;
    }

    /** Adds a stream, which {@link #close} removes; false if the limit is reached. */
    synchronized boolean open(LiveConnection stream) {
        if (!running || streams.size() >= MOST_STREAMS || streams.stream()
                .filter(each -> each.user().equals(stream.user())).count() >= MOST_STREAMS_OF_USER) {
            return false;
        }
        streams.add(stream);
        if (following || source == null) {
            stream.becomesReady();
        } else if (follower == null) {
            follower = Thread.ofPlatform().name("live-updates").daemon().start(this::follow);
        }
        return true;
    }

    void close(LiveConnection stream) {
        if (streams.remove(stream)) {
            lastStream = System.nanoTime();
        }
    }

    private void checkAccess() {
        try {
            access.check(streams);
        } catch (RuntimeException | Error e) {
            // An exception would cancel all further checks.
            log.error("The access of streams was not checked", e);
        }
    }

    private void follow() {
        while (goesOn()) {
            try {
                switch (source) {
                    case LiveSource.Topics topics -> follow(topics);
                    case LiveSource.Digest digest -> follow(digest);
                    case null -> throw new IllegalStateException("The service has no source of live updates");
                }
            } catch (RuntimeException | Error e) {
                // Errors too: open pages need updates again after an OutOfMemoryError.
                log.warn("Live updates pause for a moment: {}", e.toString());
                pause(PAUSE_AFTER_FAILURE);
            } finally {
                following = false;
            }
        }
    }

    /** Whether a stream is open, or was open less than {@link #LINGER} ago. */
    private boolean isWanted() {
        return running && !(streams.isEmpty() && System.nanoTime() - lastStream > LINGER.toNanos());
    }

    /**
     * Whether this thread continues. If not, the next stream starts a new one; the lock leaves no gap between the two.
     */
    private synchronized boolean goesOn() {
        if (isWanted()) {
            return true;
        }
        follower = null;
        return false;
    }

    private void follow(LiveSource.Topics topics) {
        var reader = inbox.reader(topics.handles());
        topicReader.follow(topics.topics(), this::becomesReady, this::isWanted, records -> {
            var facts = StreamSupport.stream(records.spliterator(), false)
                    .flatMap(record -> reader.apply(record).stream()).toList();
            if (!facts.isEmpty()) {
                send(topics.updates().of(facts));
            }
        });
    }

    private void follow(LiveSource.Digest source) {
        var known = source.digest().get();
        becomesReady();
        while (isWanted()) {
            pause(POLL);
            var now = source.digest().get();
            if (!now.equals(known)) {
                known = now;
                send(List.of(source.changed()));
            }
        }
    }

    /** Later changes reach the streams. Pages reload at this update, and so show the earlier changes too. */
    private synchronized void becomesReady() {
        following = true;
        streams.forEach(LiveConnection::becomesReady);
    }

    private void send(List<LiveUpdate> updates) {
        streams.forEach(stream -> stream.send(updates));
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Ends the streams, which would delay the web server's graceful shutdown. */
    @Override
    public synchronized void stop() {
        running = false;
        streams.forEach(LiveConnection::end);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops before the web server and everything else. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void destroy() {
        writers.shutdownNow();
    }
}
