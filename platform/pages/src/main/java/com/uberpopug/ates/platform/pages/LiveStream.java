package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.Toast;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** What one open page is still to be told. However much happens, it is kept short: changes of one kind are one change. */
final class LiveStream implements AutoCloseable {

    /** The name of the update that has a page load all that it shows: from now on nothing is missed. */
    static final String READY = "ready";
    private static final int MOST_NAMES = 50;
    private static final int MOST_TOASTS = 3;

    private final UUID user;
    private final Consumer<LiveStream> closed;
    private final Set<String> names = new LinkedHashSet<>();
    private final List<Toast> toasts = new ArrayList<>();
    private int moreToasts;
    private boolean ended;

    LiveStream(UUID user, Consumer<LiveStream> closed) {
        this.user = user;
        this.closed = closed;
    }

    /** What a page is told at once; a burst of toasts is one, and of many others there are the first, and how many more. */
    record Message(Set<String> names, List<Toast> toasts, int moreToasts) {

        boolean isEmpty() {
            return names.isEmpty();
        }
    }

    UUID user() {
        return user;
    }

    synchronized void becomesReady() {
        names.add(READY);
        notifyAll();
    }

    synchronized void tell(List<LiveUpdate> updates) {
        for (var update : updates) {
            if (update.to() == null || update.to().equals(user)) {
                change(update.name());
                if (update.toast() == null) {
                    continue;
                }
                say(update.toast());
            }
        }
        notifyAll();
    }

    private void say(Toast toast) {
        for (int i = 0; i < toasts.size(); i++) {
            if (toasts.get(i).joins(toast)) {
                toasts.set(i, toasts.get(i).with(toast));
                return;
            }
        }
        if (toasts.size() < MOST_TOASTS) {
            toasts.add(toast);
        } else {
            moreToasts++;
        }
    }

    private void change(String name) {
        if (names.contains(READY)) {
            return;
        }
        names.add(name);
        if (names.size() > MOST_NAMES) {
            names.clear();
            names.add(READY);
        }
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /** Waits for something to tell; what comes back is empty when there was nothing for as long. */
    synchronized Message next(Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (names.isEmpty() && !ended && left > 0) {
            wait(left);
            left = Duration.ofNanos(until - System.nanoTime()).toMillis();
        }
        var message = new Message(Set.copyOf(names), List.copyOf(toasts), moreToasts);
        names.clear();
        toasts.clear();
        moreToasts = 0;
        return message;
    }

    @Override
    public void close() {
        closed.accept(this);
    }
}
