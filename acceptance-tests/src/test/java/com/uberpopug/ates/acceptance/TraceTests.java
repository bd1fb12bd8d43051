package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.SpanCollector.Span;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One trace from the completion of a task, and from the click on it, to its projection in analytics. */
@OfLocalStack
class TraceTests {

    private static final String CLICK = "http post /tasks/{id}/complete";

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = Browsers.ifThereAreAny();

    @Test
    void completion_is_one_trace_through_three_services() {
        var anna = company.hires(Role.POPUG);
        var task = task("Leave a trace");
        admin().assignsTasks();
        var traceId = UUID.randomUUID().toString().replace("-", "");
        var caller = "00f067aa0ba902b7";

        Person.sends(anna.request(TASKS, "/api/tasks/" + task.id() + "/complete")
                .header("traceparent", "00-" + traceId + "-" + caller + "-01").POST(BodyPublishers.noBody())).is(200);

        new Eventually<>("the spans of the completion", () -> ApplicationUnderTest.spans().ofTrace(traceId))
                .satisfies(spans -> {
                    // The reward reaches analytics twice: as the worker's balance, and as reduced earnings of the
                    // managers.
                    for (var projected : List.of("ates.balances", "ates.managers")) {
                        var way = wayTo(spans, span -> span.service().equals("analytics-service")
                                && span.name().startsWith(projected));
                        assertThat(way).extracting(Span::service).containsSubsequence("tasks-service",
                                "accounting-service", "analytics-service");
                        assertThat(way.getFirst().parentId()).isEqualTo(caller);
                    }
                    var known = spans.stream().map(Span::spanId).collect(Collectors.toSet());
                    assertThat(spans)
                            .allMatch(span -> known.contains(span.parentId()) || span.parentId().equals(caller));
                });
    }

    @Test
    void click_is_one_trace_through_relays_and_consumers() {
        assumeTrue(Browsers.areThere(), "Chromium with chromedriver is missing");
        var anna = company.hires(Role.POPUG);
        task("Leave a trace by a click");
        admin().assignsTasks();
        var window = browsers.of(anna);
        window.sees("Leave a trace by a click");
        var before = ApplicationUnderTest.spans().beginningWith(CLICK);

        window.clicks("Complete");

        new Eventually<>("the click's trace", () -> ApplicationUnderTest.spans().beginningWith(CLICK))
                .satisfies(traces -> {
                    assertThat(traces).hasSize(before.size() + 1);
                    var spans = ApplicationUnderTest.spans().ofTrace(traces.getLast());
                    assertThat(wayTo(spans, span -> span.service().equals("analytics-service")
                            && span.name().equals("ates.balances process")))
                            .extracting(span -> span.service() + ": " + span.name())
                            .containsSubsequence("tasks-service: " + CLICK, "tasks-service: ates.tasks publish",
                                    "accounting-service: ates.tasks process",
                                    "accounting-service: ates.balances publish",
                                    "analytics-service: ates.balances process");
                });
    }

    /** From the root span to the given one, along the parents. */
    private static List<Span> wayTo(List<Span> spans, Predicate<Span> destination) {
        var byId = spans.stream().collect(Collectors.toMap(Span::spanId, Function.identity()));
        var way = new ArrayList<Span>();
        for (var span = spans.stream().filter(destination).findFirst().orElse(null); span != null; span = byId
                .get(span.parentId())) {
            way.add(span);
        }
        assertThat(way).as("the path to %s", spans).isNotEmpty();
        Collections.reverse(way);
        return way;
    }
}
