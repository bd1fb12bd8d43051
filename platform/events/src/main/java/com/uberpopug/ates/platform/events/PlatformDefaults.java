package com.uberpopug.ates.platform.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ClassPathResource;

/**
 * Adds the default properties of each platform module on the class path at lowest precedence:
 * {@code pages-defaults.yml} before {@code web-defaults.yml} before {@code events-defaults.yml}.
 *
 * <p>The JDK's HTTP client gives up an idle connection after five seconds instead of thirty. A service closes one after ten,
 * and a POST that meets this moment fails: only a GET is repeated.
 */
final class PlatformDefaults implements EnvironmentPostProcessor {

    private static final String IDLE_SECONDS = "jdk.httpclient.keepalive.timeout";
    private static final List<String> FILES = List.of("pages-defaults.yml", "web-defaults.yml", "events-defaults.yml");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (System.getProperty(IDLE_SECONDS) == null) {
            System.setProperty(IDLE_SECONDS, "5");
        }
        FILES.stream().map(ClassPathResource::new).filter(ClassPathResource::exists)
                .forEach(file -> add(file, environment));
    }

    private static void add(ClassPathResource file, ConfigurableEnvironment environment) {
        try {
            new YamlPropertySourceLoader().load(file.getPath(), file)
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(file.getPath() + " cannot be read", e);
        }
    }
}
