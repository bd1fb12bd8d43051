package com.uberpopug.ates.platform.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.EncodedResource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/** Checks the texts of a service's pages, its own and the shell's. */
public final class Texts {

    private static final List<String> BUNDLES = List.of("shell", "messages");
    private static final Pattern USED = Pattern.compile("#\\{([\\w.-]+)[}(]|messages\\.msg\\('([\\w.-]+)'\\)");

    /** Thymeleaf replaces a tag before it evaluates the tag's condition. */
    private static final Pattern CONDITION_IGNORED = Pattern
            .compile("<[\\w:]+(?=(?:\\s[^\"<>]*\"[^\"]*\")*?\\s+th:(?:replace|insert)=)"
                    + "(?=(?:\\s[^\"<>]*\"[^\"]*\")*?\\s+th:(?:if|unless|each)=)");
    private static final Pattern LITERAL = Pattern.compile("\"([a-z][a-z-]*(?:\\.[a-z-]+)+)\"");
    /** The service's own and the shell's sources; tests run in the module's directory. */
    private static final List<Path> SOURCES = List.of(Path.of("src/main/java"),
            Path.of("../platform/web/src/main/java"),
            Path.of("../platform/pages/src/main/java"));

    private Texts() {
    }

    /**
     * Conditions without effect, texts missing in one language, and missing texts that a template or the code uses;
     * empty if there are none.
     */
    public static List<String> gaps() {
        var gaps = new ArrayList<String>();
        var known = new Properties();
        for (var bundle : BUNDLES) {
            var english = load(bundle + ".properties");
            var russian = load(bundle + "_ru.properties");
            english.stringPropertyNames().stream().filter(key -> !russian.containsKey(key))
                    .forEach(key -> gaps.add(key + " is missing in Russian"));
            russian.stringPropertyNames().stream().filter(key -> !english.containsKey(key))
                    .forEach(key -> gaps.add(key + " is missing in English"));
            known.putAll(english);
        }
        try {
            for (var template : new PathMatchingResourcePatternResolver()
                    .getResources("classpath*:/templates/*.html")) {
                var content = template.getContentAsString(StandardCharsets.UTF_8);
                CONDITION_IGNORED.matcher(content).results().forEach(tag -> gaps.add(template.getFilename()
                        + " has a tag whose condition is ignored: "
                        + content.substring(tag.start(), Math.min(content.length(), tag.start() + 100))));
                var used = USED.matcher(content);
                while (used.find()) {
                    var key = used.group(1) == null ? used.group(2) : used.group(1);
                    if (!known.containsKey(key)) {
                        gaps.add(key + " is missing, and used in " + template.getFilename());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SOURCES.forEach(sources -> gaps.addAll(gapsOfCode(sources, known)));
        return gaps;
    }

    /** A literal counts as the key of a text if a known key begins alike. */
    private static List<String> gapsOfCode(Path sources, Properties known) {
        var families = known.stringPropertyNames().stream().map(Texts::family).collect(Collectors.toSet());
        try (var files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java")).flatMap(file -> LITERAL.matcher(read(file))
                    .results().map(literal -> literal.group(1))
                    .filter(key -> families.contains(family(key)) && !known.containsKey(key))
                    .map(key -> key + " is missing, and used in " + file.getFileName())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String family(String key) {
        return key.split("\\.", 2)[0];
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties load(String file) {
        try {
            var resource = new ClassPathResource(file);
            return resource.exists()
                    ? PropertiesLoaderUtils.loadProperties(new EncodedResource(resource, StandardCharsets.UTF_8))
                    : new Properties();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
