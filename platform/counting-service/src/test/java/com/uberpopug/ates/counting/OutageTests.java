package com.uberpopug.ates.counting;

import static com.uberpopug.ates.counting.OwnParts.AWAY;
import static com.uberpopug.ates.counting.OwnParts.PARTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.counting.Tallies.Tally;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Kills broker, registry and database, each for a while: steps from before and from the outage are applied after it.
 */
class OutageTests {

    private static final Logger log = LoggerFactory.getLogger(OutageTests.class);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Database database = PARTS.createMigratedDatabase("counting");
    private final long series = ThreadLocalRandom.current().nextLong();
    private @Nullable ConfigurableApplicationContext service;

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        Stream.of(PARTS.postgres(), PARTS.kafka(), PARTS.registry()).filter(part -> !part.process().isAlive())
                .forEach(Part::start);
    }

    @Test
    void each_part_may_be_away_when_the_service_starts() throws Exception {
        var pipeline = PARTS.pipelineProperties();
        try (var admin = admin()) {
            admin.deleteTopics(List.of(Topics.PRICES)).all().get();
        }
        PARTS.registry().kill();
        PARTS.kafka().kill();
        PARTS.postgres().kill();

        var starting = CompletableFuture.supplyAsync(() -> start(pipeline, 0));
        await().pollDelay(AWAY).atMost(AWAY.plus(PATIENCE)).until(() -> !starting.isDone());
        PARTS.postgres().start();
        service = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        var counter = Ids.next();
        bean(Counters.class).step(counter);
        assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health/pipeline").statusCode()).isEqualTo(503);

        await().pollDelay(AWAY).atMost(AWAY.plus(PATIENCE)).until(() -> outbox() == 1);
        PARTS.kafka().start();
        await().pollDelay(AWAY).atMost(AWAY.plus(PATIENCE)).until(() -> outbox() == 1);
        PARTS.registry().start();
        var back = Instant.now();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bean(Tallies.class).appliedCents(counter)).containsExactly(1L));
        log.info("{} ms after the last part was there, everything had arrived",
                Duration.between(back, Instant.now()).toMillis());
        await().atMost(PATIENCE).until(() -> get("/actuator/health/pipeline").statusCode() == 200);

        PARTS.registerSchemas();
        try (var events = new Events(PARTS)) {
            events.send(Fact.of(Ids.next(), counter, 1, Instant.EPOCH,
                    new TaskAmountsCalculated(counter, 7L, 8L, Instant.EPOCH, Amounts.CURRENCY)));
        }
        await().atMost(PATIENCE).untilAsserted(
                () -> assertThat(bean(Tallies.class).of(counter)).contains(new Tally(1, 1, 7L)));
    }

    @Test
    void relay_waits_for_a_missing_topic() throws Exception {
        service = start(PARTS.pipelineProperties(), 0);
        var counter = Ids.next();
        var topic = "ates.later-" + counter;
        db().sql("""
                insert into outbox (event_id, fact_id, topic, key, type, version, data_versions, sequence, occurred_at)
                values (:id, :id, :topic, 'a key', 'Tasks.Created', 1, '1', 1, now())
                """).param("id", counter).param("topic", topic).update();
        bean(Counters.class).step(counter);
        // The relay waits 10 s for the topic before it makes a new producer.
        await().atMost(PATIENCE).until(() -> get("/actuator/health/pipeline").body().contains("outbox_oldest"));
        assertThat(outbox()).isEqualTo(2);
        try (var admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bean(Tallies.class).appliedCents(counter)).containsExactly(1L));
    }

    @Test
    void relay_that_cannot_send_is_unhealthy_with_an_empty_outbox() {
        var pipeline = new HashMap<>(PARTS.pipelineProperties());
        pipeline.put("spring.kafka.producer.bootstrap-servers", "localhost:1");
        service = start(pipeline, 0);
        await().atMost(PATIENCE).untilAsserted(() -> {
            var health = get("/actuator/health/pipeline");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).contains("\"relay\":\"org.apache.kafka.common.errors.TimeoutException")
                    .doesNotContain("outbox_oldest");
        });
        assertThat(outbox()).isZero();
    }

    @Test
    void service_with_a_wrong_password_names_its_principal_and_serves_what_needs_no_broker() throws Exception {
        var pipeline = new HashMap<>(PARTS.pipelineProperties("analytics-service"));
        pipeline.compute("spring.kafka.properties.sasl.jaas.config",
                (_, login) -> Objects.requireNonNull(login).replaceFirst("password=\"[^\"]*\"",
                        "password=\"guessed\""));
        service = start(pipeline, 0);
        assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("/actuator/health/pipeline").body())
                .contains("\"broker\":\"Kafka refuses User:analytics-service: Authentication failed",
                        "\"relay\":\"Kafka refuses User:analytics-service: Authentication failed",
                        "\"counting.tasks\":\"its listener has stopped: Kafka refuses User:analytics-service: ")
                .doesNotContain("guessed"));
    }

    @Test
    void service_without_a_login_says_so_and_serves_what_needs_no_broker() throws Exception {
        var pipeline = new HashMap<>(PARTS.pipelineProperties("analytics-service"));
        // The registry's login is the same.
        pipeline.put("spring.kafka.properties.security.protocol", "PLAINTEXT");
        service = start(pipeline, 0);
        assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("/actuator/health/pipeline").body())
                .contains("no answer to a client without credentials"));
    }

    @Test
    void service_without_rights_names_them_and_goes_on_once_it_has_them() throws Exception {
        service = start(PARTS.pipelineProperties("analytics-service"), 0);
        var counter = Ids.next();
        bean(Counters.class).step(counter);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("/actuator/health/pipeline").body())
                .contains("\"relay\":\"User:analytics-service lacks WRITE on its transactional id",
                        "\"counting.tasks\":\"its listener has stopped: User:analytics-service lacks READ on the group",
                        "\"counting.prices\":\"its listener has stopped: User:analytics-service lacks READ on the"
                                + " topics [ates.prices]"));
        try (var admin = admin()) {
            allow(admin, ResourceType.TRANSACTIONAL_ID, "counting-service-", AclOperation.WRITE);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("/actuator/health/pipeline").body())
                    .contains("\"relay\":\"User:analytics-service lacks WRITE on the topics [ates.tasks]"));
            allow(admin, ResourceType.TOPIC, "ates.", AclOperation.ALL);
            allow(admin, ResourceType.GROUP, "counting.", AclOperation.READ);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(bean(Tallies.class).appliedCents(counter)).containsExactly(1L));
            await().atMost(PATIENCE).until(() -> get("/actuator/health/pipeline").statusCode() == 200);
        }
        // What the contract does not give a principal of its own is taken away.
        PARTS.registerSchemas();
        try (var admin = admin()) {
            assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get()).extracting(AclBinding::pattern)
                    .extracting(ResourcePattern::name).doesNotContain("counting-service-", "ates.", "counting.");
        }
    }

    private static void allow(Admin admin, ResourceType type, String prefix, AclOperation operation) throws Exception {
        admin.createAcls(List.of(new AclBinding(new ResourcePattern(type, prefix, PatternType.PREFIXED),
                new AccessControlEntry("User:analytics-service", "*", operation, AclPermissionType.ALLOW)))).all()
                .get();
    }

    @Test
    void each_part_may_be_away_while_the_service_works() throws Exception {
        service = start(PARTS.pipelineProperties(), 2);
        assertEverythingArrives();
        var cookie = PageSession.cookie(bean(SessionRepository.class),
                Objects.requireNonNull(service).getEnvironment(), UUID.randomUUID(), Role.ADMIN);
        assertThat(get("/pipeline", "Accept", "text/html", "Cookie", cookie).statusCode()).isEqualTo(200);

        whileAway(PARTS.kafka(), () -> {
            assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(get("/actuator/health/pipeline").statusCode()).isEqualTo(503);
            assertThat(get("/api/counters").statusCode()).isEqualTo(200);
            assertThat(get("/api/dead-letters").statusCode()).isEqualTo(200);
        });
        whileAway(PARTS.registry(), () -> {
            // The first event of its type, so its schema is not cached; all other events wait behind it.
            bean(Counters.class).describe(UUID.randomUUID(), "a counter");
            assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(get("/actuator/health/pipeline").statusCode()).isEqualTo(503);
        });
        whileAway(PARTS.postgres(), () -> {
            assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            var refused = get("/api/counters");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).isEmpty();
            var page = get("/pipeline", "Accept", "text/html", "Cookie", cookie);
            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
            assertThat(page.body()).contains("<h1");
        });
    }

    private interface Meanwhile {
        void check() throws Exception;
    }

    private void whileAway(Part part, Meanwhile meanwhile) throws Exception {
        part.kill();
        meanwhile.check();
        await().pollDelay(AWAY).atMost(AWAY.plus(PATIENCE)).until(() -> true);
        part.start();
        var back = Instant.now();
        assertEverythingArrives();
        log.info("{} ms after {} was back, everything had arrived", Duration.between(back, Instant.now()).toMillis(),
                part.name());
    }

    private void assertEverythingArrives() {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> steps() > 0);
        long before = steps();
        await("steps are made").atMost(PATIENCE).until(() -> steps() > before);
        bean(TransactionTemplate.class).executeWithoutResult(_ -> {
            db().sql("set local idle_in_transaction_session_timeout = 0").update();
            // Blocks the writers, so that all their steps can arrive.
            db().sql("lock table counters in exclusive mode").update();
            await().atMost(PATIENCE).pollInSameThread().until(() -> db().sql("""
                    select count(*) = 0 from counters left join tallies on counter = id
                     where steps is distinct from number or cents is distinct from number * (number + 1) / 2
                    """).query(Boolean.class).single());
            // The relay deletes rows after they have arrived.
            await().atMost(PATIENCE).pollInSameThread().until(() -> outbox() == 0);
        });
    }

    private ConfigurableApplicationContext start(Map<String, String> pipeline, int writers) {
        var properties = new HashMap<String, Object>(RealParts.properties(database));
        properties.putAll(pipeline);
        properties.put("server.port", 0);
        properties.put("ates.issuer", Tokens.issuer());
        properties.put("counting.writers", writers);
        properties.put("counting.series", series);
        return new SpringApplicationBuilder(CountingApplication.class).run(properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue()).toArray(String[]::new));
    }

    private static Admin admin() {
        return Admin.create(PARTS.kafkaClient(Map.of()));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return get(path, "Authorization",
                "Bearer " + Tokens.of(UUID.randomUUID(), Role.ADMIN, claims -> claims.audience("counting-service")));
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var port = Objects.requireNonNull(service).getEnvironment().getProperty("local.server.port");
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .headers(headers).timeout(Duration.ofSeconds(20)).build(),
                    BodyHandlers.ofString());
        }
    }

    private long outbox() {
        return db().sql("select count(*) from outbox").query(Long.class).single();
    }

    private long steps() {
        return db().sql("select coalesce(sum(number), 0) from counters").query(Long.class).single();
    }

    private JdbcClient db() {
        return bean(JdbcClient.class);
    }

    private <T> T bean(Class<T> type) {
        return Objects.requireNonNull(service).getBean(type);
    }
}
