package com.uberpopug.ates.platform.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextCustomizerFactories;

/**
 * Starts a service for its tests on the {@link RealParts} of this JVM, at a free port, with tokens of {@link Tokens}.
 *
 * <p>Each application context has a database and consumer groups of its own, which begin where the topics end when the
 * context starts. Topics are shared, so tests use fresh ids.
 * Test classes with equal annotations share a context. An {@link Events} can be injected.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ContextCustomizerFactories(ServiceEnvironment.Factory.class)
public @interface ServiceTest {

    /** The name of the service's database, such as {@code tasks}. */
    String database();

    /** Whether the service uses the pipeline. If not, Kafka is not started and facts stay in the outbox. */
    boolean kafka() default true;

    /** Properties that override those of this annotation. */
    @AliasFor(annotation = SpringBootTest.class)
    String[] properties() default {};

    /** The classes of the context; by default the {@code @SpringBootApplication} above the test's package. */
    @AliasFor(annotation = SpringBootTest.class)
    Class<?>[] classes() default {};
}
