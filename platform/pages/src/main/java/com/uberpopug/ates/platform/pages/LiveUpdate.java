package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.Toast;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells open pages that something they show has changed.
 *
 * @param name what: fragments with {@code hx-trigger="live:<name> from:body"} are loaded anew
 * @param to   whose pages; everyone's where null
 * @param toast shown beside that; null for none
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
