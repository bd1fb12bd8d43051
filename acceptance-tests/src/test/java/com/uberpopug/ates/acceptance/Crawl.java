package com.uberpopug.ates.acceptance;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Visits every page within reach of the services' first pages in one window, and every control on them without an
 * effect on other users. Of pages that differ only in their content, {@value #MOST_ALIKE} are visited.
 */
final class Crawl {

    private static final int MOST_ALIKE = 2;
    private static final int MOST_PAGES = 200;
    private static final String SCRIPT = script();

    private final Window window;
    private final Map<String, Integer> visits = new HashMap<>();
    private final ArrayDeque<URI> waiting = new ArrayDeque<>();
    private final List<String> failures = new ArrayList<>();
    private int controls;

    Crawl(Window window) {
        this.window = window;
    }

    /** Addresses without ids and values, such as {@code TASKS/tasks/{id}?after}. */
    Set<String> pages() {
        return new TreeSet<>(visits.keySet());
    }

    int controls() {
        return controls;
    }

    /** The page, the action and the error of each failure. */
    List<String> failures() {
        return failures;
    }

    /** Visits all pages and controls. */
    Crawl from(String... addresses) {
        Stream.of(addresses).map(URI::create).forEach(waiting::add);
        int visited = 0;
        while (!waiting.isEmpty() && visited < MOST_PAGES) {
            var address = waiting.poll();
            if (isNew(address)) {
                visit(address);
                visited++;
            }
        }
        if (!waiting.isEmpty()) {
            failures.add("There are more than %d pages: %s".formatted(MOST_PAGES, pages()));
        }
        return this;
    }

    private static boolean isFile(URI address) {
        return address.getPath().matches(".*\\.(csv|xlsx)");
    }

    private boolean isNew(URI address) {
        var page = page(address);
        return page != null && visits.merge(page, 1, Integer::sum) <= (page.contains("?") ? 1 : MOST_ALIKE);
    }

    private void visit(URI address) {
        window.looksAt(address);
        var seen = window.awaits(SCRIPT);
        if (!(seen instanceof Map<?, ?> found)) {
            failures.add("%s: the page was left: %s".formatted(address, seen));
            return;
        }
        controls += ((Number) Objects.requireNonNull(found.get("controls"))).intValue();
        if (!Objects.equals(found.get("status"), 200L)) {
            failures.add("%s answers %s".formatted(address, found.get("status")));
        }
        texts(found, "failures").forEach(failure -> failures.add(address + ": " + failure));
        window.complaints().forEach(complaint -> failures.add(address + ": " + complaint));
        var addresses = Stream.concat(addresses(found, "links"), withoutValues(addresses(found, "forms"))).toList();
        addresses.stream().filter(link -> !isFile(link)).forEach(waiting::add);
        // A file opens no page, and a fragment is not a page.
        Stream.concat(addresses.stream().filter(Crawl::isFile), addresses(found, "parts"))
                .filter(this::isNew).forEach(this::fetch);
    }

    private void fetch(URI address) {
        controls++;
        var status = window.awaits("""
                const [address, done] = arguments;
                fetch(address, {headers: {'HX-Request': 'true'}}).then(
                  answer => answer.blob().then(() => done(answer.status)), failed => done(String(failed)));
                """, address.toString());
        if (!Objects.equals(status, 200L)) {
            failures.add("%s answers %s".formatted(address, status));
        }
        window.complaints();
    }

    private static Stream<URI> addresses(Map<?, ?> found, String name) {
        return texts(found, name).map(address -> URI.create(address.split("#")[0]));
    }

    /** These addresses, and each with one parameter after the other left empty, as by an emptied form field. */
    private static Stream<URI> withoutValues(Stream<URI> addresses) {
        return addresses.flatMap(address -> Stream.concat(Stream.of(address), withoutValues(address)));
    }

    private static Stream<URI> withoutValues(URI address) {
        if (address.getRawQuery() == null) {
            return Stream.empty();
        }
        var parameters = address.getRawQuery().split("&");
        return Arrays.stream(parameters).map(emptied -> Arrays.stream(parameters)
                .map(each -> each.equals(emptied) ? each.split("=")[0] + "=" : each).collect(Collectors.joining("&")))
                .map(query -> URI.create(address.toString().split("\\?")[0] + "?" + query));
    }

    /** Null for an address outside of the services' pages. */
    private static @Nullable String page(URI address) {
        var service = Stream.of(Service.values()).filter(each -> address.toString()
                .startsWith(each.address() + "/")).findFirst();
        if (service.isEmpty() || address.getPath().matches("/(live|logout|api|actuator|swagger-ui|v3).*")) {
            return null;
        }
        var path = Arrays.stream(address.getPath().split("/", -1))
                .map(part -> part.matches("[\\p{Alpha}-]*|[\\p{Alpha}-]+[.]\\p{Alpha}+") ? part : "{id}")
                .collect(Collectors.joining("/"));
        var query = new LinkedHashSet<String>();
        if (address.getRawQuery() != null) {
            Arrays.stream(address.getRawQuery().split("&")).sorted()
                    .forEach(parameter -> query.add(parameter.matches("[^=]+=.+")
                            ? parameter.split("=")[0]
                            : parameter));
        }
        return service.get() + path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private static Stream<String> texts(Map<?, ?> found, String name) {
        return ((List<?>) Objects.requireNonNull(found.get(name))).stream().map(String::valueOf);
    }

    private static String script() {
        try (var script = Objects.requireNonNull(Crawl.class.getResourceAsStream("/crawl.js"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
