package com.uberpopug.ates.platform.events;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent.Reason;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Restarts listeners that an error has stopped, such as one of memory or of authorization, {@link #PAUSE} later, until
 * they run. A listener that stopped within the last {@link #RECENT} is reported in the health of the pipeline.
 */
final class ListenerRestarts implements AutoCloseable {

    static final Duration PAUSE = Duration.ofSeconds(5);
    static final Duration RECENT = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(ListenerRestarts.class);

    private final ScheduledExecutorService thread = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("listener-restarts").daemon().factory());
    private final Map<String, Stop> stops = new ConcurrentHashMap<>();
    private final KafkaRights rights;

    ListenerRestarts(KafkaRights rights) {
        this.rights = rights;
    }

    private record Stop(String reason, long nanos) {
    }

    @EventListener
    void restart(ConsumerStoppedEvent stopped) {
        if (stopped.getReason() == Reason.NORMAL) {
            return;
        }
        var container = stopped.getContainer(MessageListenerContainer.class);
        var name = String.valueOf(container.getListenerId());
        var reason = stopped.getReason() == Reason.AUTH ? whyRefused(container) : stopped.getReason().toString();
        log.error("The listener {} has stopped ({}), and is started again in {} s", name, reason, PAUSE.toSeconds());
        stops.put(name, new Stop(reason, System.nanoTime()));
        var _ = thread.schedule(() -> start(container, name), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private String whyRefused(MessageListenerContainer container) {
        var topics = container.getContainerProperties().getTopics();
        return rights.ofConsumer(topics == null ? List.of() : List.of(topics), String.valueOf(container.getGroupId()))
                .orElse(Reason.AUTH.toString());
    }

    private void start(MessageListenerContainer container, String name) {
        try {
            // The listener's other consumers still run, and are restarted with the one that stopped.
            container.stop();
            container.start();
        } catch (RuntimeException e) {
            log.error("The listener {} does not start, next try in {} s", name, PAUSE.toSeconds(), e);
            var _ = thread.schedule(() -> start(container, name), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** By listener, why it has stopped of late. */
    Map<String, String> recent() {
        long now = System.nanoTime();
        stops.values().removeIf(stop -> now - stop.nanos() > RECENT.toNanos());
        var recent = new TreeMap<String, String>();
        stops.forEach((name, stop) -> recent.put(name, "its listener has stopped: " + stop.reason()));
        return recent;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
