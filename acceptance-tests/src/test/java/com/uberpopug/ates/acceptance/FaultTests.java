package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system under load, while each of its parts is killed repeatedly, one instance is frozen, and every event is
 * delivered twice: nothing is lost or done twice.
 */
@Tag("long")
@Order(1)
class FaultTests {

    private static final Logger log = LoggerFactory.getLogger(FaultTests.class);
    private static final int ROUNDS = 3;
    private static final int TASKS = 2_000;
    private static final Duration AWAY = Duration.ofSeconds(5);
    private static final Duration FROZEN = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Test
    void nothing_is_lost_or_done_twice_whatever_part_dies() {
        var popugs = new Company().hires(Role.POPUG, Collections.nCopies(9, Role.POPUG).toArray(Role[]::new));
        try (var pipeline = new Pipeline(); var echo = new Echo(pipeline.topics())) {
            var load = new Load(popugs);
            awaitProgress();
            for (int round = 1; round <= ROUNDS; round++) {
                for (var part : List.of(stack().auth(), stack().tasks(), stack().accounting(), stack().analytics(),
                        stack().kafka(), stack().postgres(), stack().registry())) {
                    kill(part);
                }
                log.info("Round {}: {}, {}", round, load, echo);
            }
            freeze(stack().accounting(), load);
            freeze(stack().tasks(), load);
            load.finish(TASKS);
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
            assertThat(echo.contradictions()).as("the announced prices").isEmpty();
            assertThat(pipeline.deadLetters()).isEmpty();
        }
    }

    private static void kill(Part part) {
        part.kill();
        awaitWhile(AWAY);
        part.start();
        long back = System.nanoTime();
        awaitProgress();
        log.info("{} was killed; {} ms after its restart everything worked", part.name(), millisSince(back));
    }

    /** Another instance takes over meanwhile, and both work after the thaw. */
    private static void freeze(ServiceProcess service, Load load) {
        try (var other = service.another(service.name() + "-spare")) {
            other.start();
            service.pause();
            if (service == stack().tasks()) {
                load.turnTo(URI.create(other.address()));
            }
            long frozen = System.nanoTime();
            awaitProgress();
            log.info("{} was frozen; everything worked again after {} ms", service.name(), millisSince(frozen));
            awaitWhile(FROZEN);
            service.resume();
            load.turnTo(URI.create(stack().tasks().address()));
            awaitProgress();
        }
        awaitProgress();
    }

    /** A new task is created, priced and assigned, and its fee charged. */
    private static void awaitProgress() {
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

    private static void awaitWhile(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        await().atMost(duration.plusSeconds(10)).until(() -> System.nanoTime() > end);
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
