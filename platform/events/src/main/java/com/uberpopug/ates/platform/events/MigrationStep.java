package com.uberpopug.ates.platform.events;

import java.util.Arrays;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The step before the start of a service, {@code java -jar SERVICE.jar migrate}: migrates the service's database as its
 * owner, {@code spring.flyway.user}, and ends. The service itself never has the owner's password.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(FlywayAutoConfiguration.class)
public class MigrationStep {

    /** The first argument of a service that makes it this step. */
    public static final String ARGUMENT = "migrate";

    private static final Logger log = LoggerFactory.getLogger(MigrationStep.class);

    static boolean isWanted(String... arguments) {
        return arguments.length > 0 && arguments[0].equals(ARGUMENT);
    }

    /** Returns when the database is migrated; the context is closed. */
    static ConfigurableApplicationContext run(Class<?> service, String... arguments) {
        var step = new SpringApplication(MigrationStep.class);
        step.setMainApplicationClass(service);
        step.setWebApplicationType(WebApplicationType.NONE);
        var context = step
                .run(Stream.concat(Arrays.stream(arguments).skip(1), Stream.of("--spring.flyway.enabled=true"))
                        .toArray(String[]::new));
        context.close();
        log.info("The database is migrated");
        return context;
    }

    @Bean
    static DatabaseMigration databaseMigration() {
        return new DatabaseMigration(ModuleMigrations.ofPlatform());
    }
}
