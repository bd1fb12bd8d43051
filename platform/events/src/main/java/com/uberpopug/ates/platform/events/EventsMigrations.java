package com.uberpopug.ates.platform.events;

import org.springframework.core.annotation.Order;

/** The migrations of this module, in {@code db/events}. */
@Order(1)
final class EventsMigrations implements ModuleMigrations {

    @Override
    public String module() {
        return "events";
    }
}
