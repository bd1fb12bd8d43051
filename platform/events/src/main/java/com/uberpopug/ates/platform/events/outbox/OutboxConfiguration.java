package com.uberpopug.ates.platform.events.outbox;

import com.uberpopug.ates.events.serde.SchemaRegistryClient;
import com.uberpopug.ates.platform.events.CachedGauge;
import com.uberpopug.ates.platform.events.KafkaRights;
import com.uberpopug.ates.platform.events.Traces;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The outbox and its relay. */
@Configuration(proxyBeanMethods = false)
public class OutboxConfiguration {

    /** An instance whose listeners do not start takes no part in the pipeline, and does not send either. */
    @Bean
    OutboxRelay outboxRelay(@Value("${spring.application.name}") String service,
            @Value("${ates.installation}") URI installation, JdbcConnectionDetails database,
            SchemaRegistryClient registry, KafkaProperties kafka, KafkaRights rights, Traces traces,
            MeterRegistry meters) {
        return new OutboxRelay(service, source(installation, service), database, registry,
                kafka.buildProducerProperties(), rights, traces,
                kafka.getListener().isAutoStartup(), meters);
    }

    static String source(URI installation, String service) {
        if (!installation.isAbsolute() || installation.isOpaque() || installation.getHost() == null
                || installation.getQuery() != null || installation.getFragment() != null) {
            throw new IllegalStateException(
                    "ates.installation is %s: an absolute URI such as https://ates.example is wanted"
                            .formatted(installation));
        }
        return installation.toString().replaceFirst("/$", "") + "/" + service;
    }

    @Bean
    Outbox outbox(@Value("${ates.events.switched-off:}") List<String> switchedOff, JdbcClient db, Traces traces,
            OutboxRelay relay) {
        return new Outbox(db, new PublishedVersions(switchedOff), traces, relay::wake);
    }

    @Bean
    MeterBinder outboxMetrics(Outbox outbox, OutboxRelay relay, Clock clock) {
        var backlog = new CachedGauge<>(outbox::backlog);
        return meters -> {
            Gauge.builder("ates.outbox.backlog", () -> backlog.value(Outbox.Backlog::events))
                    .description("Events that wait to be sent, counted up to 100,000").register(meters);
            Gauge.builder("ates.outbox.oldest.age", () -> backlog.value(waiting -> waiting.oldest() == null
                    ? 0
                    : Math.max(0, Duration.between(waiting.oldest(), clock.instant()).toMillis()) / 1e3))
                    .description("For how long the oldest of them has waited").baseUnit("seconds")
                    .register(meters);
            Gauge.builder("ates.outbox.dead.letters", () -> backlog.value(Outbox.Backlog::refused))
                    .description("Events that Kafka has refused for their content, counted up to 100,000")
                    .register(meters);
            Gauge.builder("ates.outbox.leader", () -> relay.isLeading() ? 1 : 0)
                    .description("1 on the instance that sends the service's outbox").register(meters);
        };
    }
}
