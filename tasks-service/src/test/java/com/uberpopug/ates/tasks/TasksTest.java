package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.tasks.shuffle.Shuffles;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;

/** Starts the service once with Kafka, and once without for tests that read the outbox. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ServiceTest(database = "tasks", properties = {"db-scheduler.polling-interval=100ms",
        "ates.tasks.shuffle-pause=5m"})
@Import({Api.class, Company.class, Announcements.class, Shuffles.class})
public @interface TasksTest {

    /** Deadline of a wait, on a busy machine. */
    Duration PATIENCE = Duration.ofSeconds(20);

    @AliasFor(annotation = ServiceTest.class)
    boolean kafka() default true;
}
