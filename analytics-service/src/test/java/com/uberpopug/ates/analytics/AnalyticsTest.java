package com.uberpopug.ates.analytics;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.annotation.Transactional;

/**
 * Starts the service without the pipeline, on what a test puts into its database; each test's rows are gone with it.
 * In London it is 22 November 2026, in Tokyo, where the company of these tests is, the 23rd.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ServiceTest(database = "analytics", kafka = false, properties = "ates.time-zone=Asia/Tokyo")
@AutoConfigureMockMvc
@Import(AnalyticsTest.Evening.class)
@Transactional
public @interface AnalyticsTest {

    /** A clock that stands still. */
    @TestConfiguration(proxyBeanMethods = false)
    class Evening {
        @Bean
        Clock clock() {
            return Clock.fixed(Instant.parse("2026-11-22T20:00:00Z"), ZoneOffset.UTC);
        }
    }
}
