package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.ModuleMigrations;
import org.springframework.core.annotation.Order;

/** The migrations of this module, in {@code db/pages}. */
@Order(3)
final class PagesMigrations implements ModuleMigrations {

    @Override
    public String module() {
        return "pages";
    }
}
