package com.uberpopug.ates.platform.events;

import com.github.kagkarlsson.scheduler.boot.autoconfigure.DbSchedulerAutoConfiguration;
import com.uberpopug.ates.events.serde.SchemaRegistryClient;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.InboxConfiguration;
import com.uberpopug.ates.platform.events.inbox.TopicReader;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.events.outbox.OutboxConfiguration;
import com.uberpopug.ates.platform.events.outbox.OutboxRelay;
import com.uberpopug.ates.platform.events.security.SecurityLogConfiguration;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/** Adds the event pipeline to a service: outbox, inbox, dead letters, recurring jobs, health and metrics. */
@AutoConfiguration(before = DbSchedulerAutoConfiguration.class)
@Import({OutboxConfiguration.class, InboxConfiguration.class, JobsConfiguration.class,
        SecurityLogConfiguration.class})
public class EventsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        // Databases and Avro keep microseconds; an instant that has more would not come back as it went.
        return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
    }

    @Bean
    MigratedDatabase migratedDatabase(DataSource database) {
        return new MigratedDatabase(database);
    }

    @Bean
    Traces traces(ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
        return new Traces(tracer.getIfAvailable(() -> Tracer.NOOP), propagator.getIfAvailable(() -> Propagator.NOOP));
    }

    /**
     * One for the relay and the inbox; settings that are made for producers or for consumers only are obeyed for both.
     */
    @Bean
    SchemaRegistryClient schemaRegistry(KafkaProperties kafka) {
        var config = kafka.buildConsumerProperties();
        config.putAll(kafka.buildProducerProperties());
        return new SchemaRegistryClient(config);
    }

    @Bean
    Admin kafkaBroker(KafkaProperties kafka) {
        var config = kafka.buildAdminProperties();
        // A request that is under way when the service stops must not hold it up for a minute.
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        return Admin.create(config);
    }

    @Bean
    KafkaRights kafkaRights(Admin kafkaBroker, KafkaProperties kafka) {
        return new KafkaRights(kafkaBroker, kafka.buildAdminProperties());
    }

    @Bean
    PipelineHealth eventsHealthIndicator(Admin kafkaBroker, SchemaRegistryClient registry, Outbox outbox,
            OutboxRelay relay, Inbox inbox, ConsumerProgress consumers, ListenerRestarts restarts, KafkaRights rights,
            Clock clock) {
        return new PipelineHealth(kafkaBroker, registry, outbox, relay, inbox, consumers, restarts, rights, clock);
    }

    /** Examined in the background, so that no scrape waits for what is away. */
    @Bean
    MeterBinder pipelineMetrics(PipelineHealth health) {
        var up = new CachedGauge<>(() -> isUp(health));
        return meters -> Gauge.builder("ates.pipeline.up", () -> up.latest().map(is -> is ? 1.0 : 0.0)
                .orElse(Double.NaN)).description("1 while the health of the pipeline is up").register(meters);
    }

    @Bean
    ListenerRestarts listenerRestarts(KafkaRights rights) {
        return new ListenerRestarts(rights);
    }

    /** For the banner on the pages. */
    @Bean
    BooleanSupplier pipelineIsUp(PipelineHealth health) {
        return () -> isUp(health);
    }

    private static boolean isUp(PipelineHealth health) {
        return Objects.requireNonNull(health.health(false)).getStatus().equals(Status.UP);
    }

    @Bean
    ConsumerProgress consumerProgress(Admin kafkaBroker, TopicReader topics, KafkaListenerEndpointRegistry listeners,
            Clock clock) {
        return new ConsumerProgress(kafkaBroker, topics, listeners, clock);
    }

    /** Not a binder like others, because the listeners are known only when all beans are there. */
    @Bean
    ApplicationListener<ApplicationStartedEvent> consumerMetrics(ConsumerProgress consumers, MeterRegistry meters) {
        return _ -> consumers.bindTo(meters);
    }

    @Bean
    QuietPartitions quietPartitions() {
        return new QuietPartitions();
    }

    /** Has containers publish the events that {@link QuietPartitions} needs. */
    @Bean
    static BeanPostProcessor listenerContainers() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                if (bean instanceof ConcurrentKafkaListenerContainerFactory<?, ?> factory) {
                    factory.getContainerProperties().setIdlePartitionEventInterval(QuietPartitions.QUIET_MILLIS);
                }
                return bean;
            }
        };
    }

    /** {@code /actuator/health} is readiness: an instance whose pipeline is down stays in service. */
    @Bean
    static HealthEndpointGroupsPostProcessor healthIsReadiness() {
        return groups -> HealthEndpointGroups.of(Objects.requireNonNull(groups.get("readiness")),
                groups.getNames().stream().collect(Collectors.toMap(name -> name, groups::get)));
    }
}
