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
 * Starts the service without the pipeline, on rows that a test inserts; they are removed after it. It is 22 November
 * 2026 in London, and the 23rd in Tokyo, where the company of these tests is.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ServiceTest(database = "analytics", kafka = false, properties = "ates.time-zone=Asia/Tokyo")
@AutoConfigureMockMvc
@Import(AnalyticsTest.Evening.class)
@Transactional
public @interface AnalyticsTest {

    /** A fixed clock. */
    @TestConfiguration(proxyBeanMethods = false)
    class Evening {
        @Bean
        Clock clock() {
            return Clock.fixed(Instant.parse("2026-11-22T20:00:00Z"), ZoneOffset.UTC);
        }
    }
}
