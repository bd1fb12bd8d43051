package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.Company.Role;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system under load, while its parts fail, and every event is delivered twice: nothing is lost or done twice.
 */
abstract class FaultRules {

    private static final Logger log = LoggerFactory.getLogger(FaultRules.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Settles what is left behind, which the tests behind this one would wait for. */
    @RegisterExtension
    private final Company company = new Company();

    private final int perSecond;
    private final int tasks;

    /** @param tasks how many are created at least */
    FaultRules(int perSecond, int tasks) {
        this.perSecond = perSecond;
        this.tasks = tasks;
    }

    /** Returns when the system works again. */
    abstract void breakParts(Load load);

    @Test
    void nothing_is_lost_or_done_twice_whatever_part_fails() {
        var popugs = company.hires(Role.POPUG, Collections.nCopies(9, Role.POPUG).toArray(Role[]::new));
        try (var pipeline = new Pipeline(); var echo = new Echo(pipeline.topics())) {
            var load = new Load(popugs, perSecond);
            awaitProgress();
            breakParts(load);
            load.finish(tasks);
            await("every event is sent, sent again, and read").atMost(PATIENCE).untilAsserted(() -> {
                assertThat(Books.unsent()).isEmpty();
                assertThat(echo.isThrough()).as("%s", echo).isTrue();
                assertThat(pipeline.lags()).isEmpty();
            });
            log.info("{}; {}", load, echo);

            assertThat(load.wrongAnswers()).isEmpty();
            Books.same("created once", "tasks", Books.tasks("select title from tasks"), "the answers",
                    load.created());
            Books.same("completed once", "tasks",
                    Books.tasks("select title from tasks where status = 'COMPLETED'"), "the answers", load.completed());
            Books.agree();
            Books.followFromTheEvents();
            assertThat(echo.contradictions()).as("the announced prices").isEmpty();
            assertThat(pipeline.deadLetters()).isEmpty();
        }
    }

    /** Ends a fault, and waits until a new task is created, priced and assigned, and its fee charged. */
    static void recover(String what, Runnable end) {
        end.run();
        long back = System.nanoTime();
        awaitProgress();
        log.info("{}; {} ms afterwards everything worked", what, (System.nanoTime() - back) / 1_000_000);
    }

    static void awaitProgress() {
        var start = await("the pipeline's state").atMost(PATIENCE).ignoreExceptions().until(Progress::now,
                _ -> true);
        await("everything works again").atMost(PATIENCE).ignoreExceptions().until(Progress::now,
                now -> now.isBeyond(start));
    }

    private record Progress(long priced, long transfers) {

        static Progress now() {
            return new Progress(
                    Long.parseLong(Books.tasks("select count(*)::text from tasks where status <> 'NEW'").getFirst()),
                    Long.parseLong(Books.accounting("select count(*)::text from transfers").getFirst()));
        }

        boolean isBeyond(Progress other) {
            return priced > other.priced && transfers > other.transfers;
        }
    }

    static void awaitWhile(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        await().atMost(duration.plusSeconds(10)).until(() -> System.nanoTime() > end);
    }
}
