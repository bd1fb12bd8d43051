package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.Toast;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The updates that wait for one open page. However many come, they stay few: changes of one kind are one change. Its
 * connection guards it against use by several threads.
 */
final class LiveStream {

    /** The name of the update that has a page load all that it shows: from now on nothing is missed. */
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

    /** What a page is told at once; a burst of toasts is one, and of many others there are the first, and how many more. */
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

    void tell(List<LiveUpdate> updates) {
        for (var update : updates) {
            if (update.to() == null || update.to().equals(user)) {
                change(update.name());
                if (update.toast() == null) {
                    continue;
                }
                say(update.toast());
            }
        }
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

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** Takes all updates that wait. */
    Message next() {
        var message = new Message(Set.copyOf(names), List.copyOf(toasts), moreToasts);
        names.clear();
        toasts.clear();
        moreToasts = 0;
        return message;
    }
}
