package com.uberpopug.ates.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

/**
 * The properties that services read: Spring Boot's by its metadata, and this project's by their defaults,
 * {@code @Value} and {@code @ConfigurationProperties}.
 */
final class KnownProperties {

    private static final Pattern VALUE = Pattern.compile("(?:\\$\\{|environment\\.get\\(\")([A-Za-z0-9_.-]+)");
    private static final Pattern RECORD = Pattern
            .compile("@ConfigurationProperties\\(\"([a-z.]+)\"\\)\\s+(?:public )?record \\w+\\(([^{]*)\\) \\{");
    private static final Pattern COMPONENT = Pattern.compile("(Map<[^>]*>)? (\\w+)(?=,|$)");

    private final Set<String> names = new HashSet<>();
    private final Set<String> maps = new HashSet<>();

    /** @param root of the project */
    KnownProperties(Path root) throws IOException {
        for (URL metadata : Collections
                .list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream json = metadata.openStream()) {
                new JsonMapper().readTree(json).path("properties").forEach(property -> add(
                        property.path("name").asString(),
                        property.path("type").asString("").startsWith("java.util.Map")));
            }
        }
        // Not all of the root: the data of a running local stack is not everybody's to read.
        for (var parent : List.of(root, root.resolve("platform"))) {
            try (var modules = Files.newDirectoryStream(parent, each -> Files.isDirectory(each.resolve("src/main")))) {
                for (var module : modules) {
                    try (var files = Files.walk(module.resolve("src/main"))) {
                        files.filter(file -> file.toString()
                                .matches(".*(\\.java|/application\\.yml|-defaults\\.yml)")).forEach(this::addFile);
                    }
                }
            }
        }
    }

    private void addFile(Path file) {
        var text = Manifests.read(file);
        VALUE.matcher(text).results().forEach(value -> add(value.group(1), false));
        RECORD.matcher(text).results().forEach(record -> COMPONENT.matcher(record.group(2)).results()
                .forEach(each -> add(record.group(1) + "." + each.group(2), each.group(1) != null)));
        if (file.toString().endsWith(".yml")) {
            flatten("", new Yaml().load(text));
        }
    }

    private void flatten(String prefix, Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> flatten(prefix + "." + key, each));
        } else {
            add(prefix, false);
        }
    }

    private void add(String name, boolean map) {
        (map ? maps : names).add(plain(name));
    }

    /** @param name of a property or of an environment variable */
    boolean contain(String name) {
        var plain = plain(name);
        return names.contains(plain) || maps.stream().anyMatch(plain::startsWith);
    }

    /** Spring's relaxed binding ignores case, dashes, underscores and dots of environment variables. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
