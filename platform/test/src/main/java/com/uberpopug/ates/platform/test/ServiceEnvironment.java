package com.uberpopug.ates.platform.test;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.localstack.parts.Principals;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.TestPropertySourceUtils;

/** Points a service under test to the real parts; equal instances share a context. */
record ServiceEnvironment(String name, boolean kafka) implements ContextCustomizer {

    static {
        // Machines that run many tests at once pause any of them for seconds.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    /** Finds {@link ServiceTest} on a test class. */
    static final class Factory implements ContextCustomizerFactory {
        @Override
        public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
                List<ContextConfigurationAttributes> attributes) {
            var annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass, ServiceTest.class);
            return annotation == null ? null : new ServiceEnvironment(annotation.database(), annotation.kafka());
        }
    }

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        var database = RealParts.shared().createMigratedDatabase(name);
        var unique = database.service().user();
        var properties = new HashMap<String, Object>(RealParts.properties(database));
        properties.put("ates.issuer", Tokens.issuer());
        if (kafka) {
            var service = name + "-service";
            properties.putAll(RealParts.shared()
                    .pipelineProperties(Topics.principals().contains(service) ? service : Principals.ADMIN));
            // Each context is a deployment of its own: its relays must not fence those of another context.
            properties.put("spring.kafka.producer.properties.transactional.id", service + "-" + unique);
            var beans = (GenericApplicationContext) context;
            beans.registerBean(Events.class,
                    () -> new Events(RealParts.shared(), () -> beans.getBean(JdbcClient.class)));
            beans.registerBean("consumerGroups", ConsumerGroups.class, () -> new ConsumerGroups(unique));
        } else {
            properties.put("spring.kafka.listener.auto-startup", false);
        }
        var sources = context.getEnvironment().getPropertySources();
        var source = new MapPropertySource("real parts", properties);
        if (sources.contains(TestPropertySourceUtils.INLINED_PROPERTIES_PROPERTY_SOURCE_NAME)) {
            sources.addAfter(TestPropertySourceUtils.INLINED_PROPERTIES_PROPERTY_SOURCE_NAME, source);
        } else {
            sources.addFirst(source);
        }
    }

    /**
     * Gives a context's listeners consumer groups of their own, which begin where the topics end now: what the tests of
     * earlier contexts have sent is not theirs.
     */
    private record ConsumerGroups(String unique)
            implements
                ContainerCustomizer<Object, Object, ConcurrentMessageListenerContainer<Object, Object>> {
        @Override
        public void configure(ConcurrentMessageListenerContainer<Object, Object> container) {
            var group = container.getGroupId() + "." + unique;
            container.getContainerProperties().setGroupId(group);
            var topics = container.getContainerProperties().getTopics();
            if (topics != null) {
                beginAtTheEnd(group, List.of(topics));
            }
        }

        private static void beginAtTheEnd(String group, List<String> topics) {
            try (var admin = Admin.create(RealParts.shared().kafkaClient(Map.of()))) {
                var ends = admin.describeTopics(topics).allTopicNames().get().values().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                        .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
                var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
                admin.listOffsets(ends).all().get()
                        .forEach((partition, end) -> offsets.put(partition, new OffsetAndMetadata(end.offset())));
                admin.alterConsumerGroupOffsets(group, offsets).all().get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException("Cannot set where " + group + " begins", e);
            }
        }
    }
}
