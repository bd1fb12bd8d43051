package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.Toast;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The updates that wait for one open page, bounded in number: changes of one kind count as one. Its connection guards
 * it against concurrent use.
 */
final class LiveStream {

    /** The name of the update that makes a page reload all its parts: later changes reach the stream. */
    static final String READY = "ready";
    private static final int MOST_NAMES = 50;
    private static final int MOST_TOASTS = 3;

    private final UUID user;
    private final Set<String> names = new LinkedHashSet<>();
    private final List<Toast> toasts = new ArrayList<>();
    private int moreToasts;

    LiveStream(UUID user) {
        this.user = user;
    }

    /**
     * The updates that are sent together. A burst of toasts counts as one.
     *
     * @param toasts     at most {@value #MOST_TOASTS}
     * @param moreToasts the number of toasts left out
     */
    record Message(Set<String> names, List<Toast> toasts, int moreToasts) {

        boolean isEmpty() {
            return names.isEmpty();
        }
    }

    UUID user() {
        return user;
    }

    void becomesReady() {
        names.add(READY);
    }

    void add(List<LiveUpdate> updates) {
        for (var update : updates) {
            if (update.to() == null || update.to().equals(user)) {
                change(update.name());
                if (update.toast() == null) {
                    continue;
                }
                add(update.toast());
            }
        }
    }

    private void add(Toast toast) {
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

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** Removes all waiting updates, and returns them. */
    Message next() {
        var message = new Message(Set.copyOf(names), List.copyOf(toasts), moreToasts);
        names.clear();
        toasts.clear();
        moreToasts = 0;
        return message;
    }
}
