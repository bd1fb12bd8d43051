package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.Toast;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Notifies open pages of a change.
 *
 * @param name  the changed data: parts with {@code hx-trigger="live:<name> from:body"} are reloaded
 * @param to    the user whose pages are notified; null for all users
 * @param toast shown with the change; null for none
 */
public record LiveUpdate(String name, @Nullable UUID to, @Nullable Toast toast) {

    public static LiveUpdate toAll(String name) {
        return new LiveUpdate(name, null, null);
    }

    public static LiveUpdate to(UUID user, String name) {
        return new LiveUpdate(name, user, null);
    }

    public static LiveUpdate to(UUID user, String name, Toast toast) {
        return new LiveUpdate(name, user, toast);
    }
}
