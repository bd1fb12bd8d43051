package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.security.SecurityKind;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Each handler that changes something is recorded in the security log, or named here as one that is not. */
public abstract class SecurityLogRules {

    private static final String NOT = "not: ";
    private static final Map<String, String> PLATFORM = Map.of(
            "POST /api/dead-letters/{id}/replay", "DEAD_LETTER_REPLAYED",
            "POST /api/dead-letters/{id}/discard", "DEAD_LETTER_DISCARDED",
            "POST /pipeline/{id}/replay", "DEAD_LETTER_REPLAYED",
            "POST /pipeline/{id}/discard", "DEAD_LETTER_DISCARDED");

    private final Map<String, String> recorded;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping handlers;

    /** @param recorded by method and path, the kinds of a handler's entries, or {@code not: } and why there are none */
    protected SecurityLogRules(Map<String, String> recorded) {
        this.recorded = recorded;
    }

    @Test
    void each_handler_that_changes_something_is_recorded_or_named_as_not() {
        var expected = new TreeSet<>(recorded.keySet());
        expected.addAll(PLATFORM.keySet());
        var found = new TreeSet<String>();
        handlers.getHandlerMethods().forEach((mapping, handler) -> {
            if (handler.getBeanType().getPackageName().startsWith("com.uberpopug.ates.")) {
                mapping.getMethodsCondition().getMethods().stream()
                        .filter(method -> !Set.of(RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS)
                                .contains(method))
                        .forEach(method -> mapping.getPatternValues()
                                .forEach(path -> found.add(method + " " + path)));
            }
        });
        assertThat(found).isEqualTo(expected);
        var kinds = Arrays.stream(SecurityKind.values()).map(Enum::name).toList();
        assertThat(recorded.values()).filteredOn(kind -> !kind.startsWith(NOT))
                .allSatisfy(kind -> assertThat(kinds).containsAll(Arrays.asList(kind.split(" "))));
    }
}
