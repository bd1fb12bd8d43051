package com.uberpopug.ates.platform.events;

/**
 * The migrations of one module of the platform, numbered apart from those of other modules and of services: the files
 * in {@code db/<module>} on the class path, with the history {@code <module>_schema_history} in the service's database.
 * A module declares them as a bean, whose {@code @Order} is the order in which modules are migrated.
 *
 * @param module the module's name, such as {@code web}
 */
public record ModuleMigrations(String module) {

    String location() {
        return "classpath:db/" + module;
    }

    String history() {
        return module + "_schema_history";
    }
}
