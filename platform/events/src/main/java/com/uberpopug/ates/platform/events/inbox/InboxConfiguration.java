package com.uberpopug.ates.platform.events.inbox;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.events.serde.SchemaRegistryClient;
import com.uberpopug.ates.platform.events.ConsumerProgress;
import com.uberpopug.ates.platform.events.Jobs;
import com.uberpopug.ates.platform.events.Traces;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.ExponentialBackOff;

/** The inbox, its dead letters, and the containers' way to go on when something is away. */
@Configuration(proxyBeanMethods = false)
public class InboxConfiguration {

    @Bean
    AppliedFacts appliedFacts(JdbcClient db) {
        return new AppliedFacts(db);
    }

    @Bean
    DeadLetterTable deadLetterTable(JdbcClient db) {
        return new DeadLetterTable(db);
    }

    @Bean
    DeadLetters deadLetters(DeadLetterTable table, MeterRegistry meters) {
        return new DeadLetters(table, meters);
    }

    /**
     * Ours, because it tells bytes that are no record from a registry that is away. Confluent's deserializer wraps an
     * {@link java.io.IOException} in either case.
     */
    @Bean
    AvroDeserializer eventDeserializer(SchemaRegistryClient registry) {
        return new AvroDeserializer(registry);
    }

    @Bean
    Inbox inbox(AppliedFacts applied, DeadLetters deadLetters, AvroDeserializer deserializer,
            @Value("${ates.unknown-schema-patience}") Duration unknownSchemaPatience,
            PlatformTransactionManager transactions, Clock clock, Traces traces, MeterRegistry meters) {
        return new Inbox(applied, deadLetters, deserializer, unknownSchemaPatience,
                new TransactionTemplate(transactions), clock, traces, meters);
    }

    @Bean
    StoredDeadLetters storedDeadLetters(DeadLetterTable table, Inbox inbox, AvroDeserializer deserializer,
            SecurityLog securityLog, PlatformTransactionManager transactions) {
        return new StoredDeadLetters(table, inbox, deserializer, securityLog, new TransactionTemplate(transactions));
    }

    @Bean
    TopicReader topicReader(KafkaProperties kafka) {
        return new TopicReader(kafka.buildConsumerProperties());
    }

    @Bean
    History history(Inbox inbox, ConsumerProgress consumers, DeadLetterTable deadLetters, AppliedFacts applied,
            TopicReader topics) {
        return new History(inbox, consumers, deadLetters, applied, topics);
    }

    /** Retries a batch for ever; the container pauses its partitions meanwhile and stays in the group. */
    @Bean
    CommonErrorHandler retryForEver() {
        var pauses = new ExponentialBackOff(200, 2.0);
        pauses.setMaxInterval(5_000);
        var handler = new DefaultErrorHandler(pauses);
        // By default some exceptions, such as a ClassCastException, are taken for hopeless, and their batches dropped.
        handler.setClassifications(Map.of(), true);
        return handler;
    }

    @Bean
    RecurringTask<Void> forgetOldFacts(AppliedFacts applied, DeadLetterTable deadLetters) {
        return Tasks.recurring("forget-old-facts", FixedDelay.of(Duration.ofHours(1)))
                .onFailure(Jobs.tryingAgain()).execute((_, _) -> {
                    applied.forgetAllOld();
                    deadLetters.forgetAllOld();
                });
    }
}
