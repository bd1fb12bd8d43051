package com.uberpopug.ates.platform.web;

import com.uberpopug.ates.platform.events.ModuleMigrations;
import org.springframework.core.annotation.Order;

/** The migrations of this module, in {@code db/web}. */
@Order(2)
final class WebMigrations implements ModuleMigrations {

    @Override
    public String module() {
        return "web";
    }
}
