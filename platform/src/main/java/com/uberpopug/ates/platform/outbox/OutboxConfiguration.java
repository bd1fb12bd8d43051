package com.uberpopug.ates.platform.outbox;

import com.uberpopug.ates.platform.avro.SchemaRegistryClient;
import com.uberpopug.ates.platform.trace.Traces;
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
    OutboxRelay outboxRelay(@Value("${spring.application.name}") String service, JdbcConnectionDetails database,
            SchemaRegistryClient registry, KafkaProperties kafka) {
        return new OutboxRelay(service, database, registry, kafka.buildProducerProperties(),
                kafka.getListener().isAutoStartup());
    }

    @Bean
    Outbox outbox(JdbcClient db, Traces traces, OutboxRelay relay) {
        return new Outbox(db, traces, relay::wake);
    }
}
