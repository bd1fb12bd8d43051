package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.uberpopug.ates.auth.Browser.Tokens;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.platform.test.SecurityEntries;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keys that sign in turn, at two instances of the service. */
class KeyRotationTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    /** Each instance reads the keys every ten seconds. */
    private static final Duration NOTICED = Duration.ofSeconds(20);

    private Database database;
    private RunningService one;
    private RunningService other;

    @BeforeEach
    void start() {
        database = RunningService.emptyDatabase();
        one = RunningService.on(database, "ates.demo=true", "ates.key-secret=the-secret");
        other = RunningService.on(database, "ates.demo=true", "ates.key-secret=the-secret");
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
    }

    @Test
    void next_key_is_published_before_it_signs_and_the_last_one_until_its_tokens_have_expired() {
        var first = signIn(one);
        assertThat(published(one)).containsExactly(kid(first));
        rotate(one);
        assertThat(keys()).as("a key signs for 90 days").hasSize(1);

        passes("89 days 23 hours 50 minutes");
        CompletableFuture.allOf(CompletableFuture.runAsync(() -> rotate(one)),
                CompletableFuture.runAsync(() -> rotate(other))).join();
        assertThat(keys()).as("two instances make one key").hasSize(2);
        var next = keys().getLast();
        Stream.of(one, other).forEach(service -> await().atMost(NOTICED)
                .until(() -> published(service).equals(List.of(next, kid(first)))));
        assertThat(kid(signIn(one))).as("published only").isEqualTo(kid(first));

        passes("15 minutes");
        Stream.of(one, other).forEach(service -> await().atMost(NOTICED)
                .until(() -> kid(signIn(service)).equals(next)));
        rotate(one);
        Stream.of(one, other).forEach(service -> {
            assertThat(isAccepted(service, first)).as("a token of the last key").isTrue();
            assertThat(isAccepted(service, signIn(other))).isTrue();
            assertThat(published(service)).containsExactly(next, kid(first));
        });
        assertThat(privateKeys()).hasSize(2);

        passes("1 hour");
        rotate(one);
        assertThat(privateKeys()).as("the private part goes once no token is left").containsExactly(next);
        await().atMost(NOTICED).until(() -> published(one).equals(List.of(next)));
        assertThat(isAccepted(one, first)).isFalse();
        assertThat(location(new Browser(one.port()).get("/connect/logout?id_token_hint=" + first.idToken())))
                .as("an ID token of any age is a hint").endsWith("/login?signed-out");

        passes("366 days");
        rotate(other);
        assertThat(keys()).as("nobody needs the first key").doesNotContain(kid(first)).contains(next);
    }

    @Test
    void withdrawn_key_is_refused_within_ten_seconds_and_another_signs() {
        var leaked = signIn(one);
        assertThat(isAccepted(other, leaked)).isTrue();
        database().sql("delete from signing_keys").update();
        Stream.of(one, other).forEach(service -> {
            await().atMost(NOTICED).until(() -> !isAccepted(service, leaked));
            assertThat(published(service)).doesNotContain(kid(leaked));
            assertThat(location(new Browser(service.port()).get("/connect/logout?id_token_hint=" + leaked.idToken())))
                    .as("a forged hint ends no sign-on").endsWith("/sign-out");
        });
        var fresh = signIn(one);
        assertThat(kid(fresh)).isNotEqualTo(kid(leaked));
        assertThat(keys()).containsExactly(kid(fresh));
        assertThat(isAccepted(other, fresh)).isTrue();

        CompletableFuture.allOf(CompletableFuture.runAsync(() -> rotate(one)),
                CompletableFuture.runAsync(() -> rotate(other))).join();
        assertThat(SecurityEntries.in(database())).filteredOn(entry -> entry.getKind().equals("SIGNING_KEY_DELETED"))
                .extracting(SecurityRecorded::getSubject).as("one entry").containsExactly(kid(leaked));
    }

    @Test
    void token_of_a_key_that_another_instance_has_just_made_is_accepted_within_a_second() {
        var old = signIn(one);
        database().sql("delete from signing_keys").update();
        var fresh = await().atMost(NOTICED).until(() -> signIn(one), tokens -> !kid(tokens).equals(kid(old)));
        // Sooner than all keys are read again.
        await().atMost(Duration.ofSeconds(8)).until(() -> isAccepted(other, fresh));
        for (int number = 0; number < 50; number++) {
            assertThat(isAccepted(other, unknown(fresh))).isFalse();
        }
        assertThat(isAccepted(other, fresh)).isTrue();
    }

    @Test
    void wrong_secret_and_a_rotation_out_of_bounds_are_reported_at_the_start() {
        assertThatThrownBy(() -> RunningService.on(database, "ates.demo=true", "ates.key-secret=another"))
                .hasStackTraceContaining("ATES_KEY_SECRET is not the one that the signing key was encrypted with")
                .hasStackTraceContaining("docs/operations.md");
        for (var period : new String[]{"0s", "23h", "731d", "-1d"}) {
            assertThatThrownBy(() -> RunningService.on(database, "ates.demo=true", "ates.key-secret=the-secret",
                    "ates.key-rotation=" + period)).hasStackTraceContaining("a key signs for 1 to 730 days");
        }
    }

    /** Moves all keys into the past. */
    private void passes(String time) {
        database().sql("update signing_keys set signs_from = signs_from - cast(:time as interval)")
                .param("time", time).update();
    }

    @SuppressWarnings("unchecked")
    private static void rotate(RunningService service) {
        service.context().getBean("rotateSigningKeys", RecurringTask.class).execute(null, null);
    }

    private JdbcClient database() {
        return one.database();
    }

    private List<String> keys() {
        return database().sql("select kid from signing_keys order by number").query(String.class).list();
    }

    private List<String> privateKeys() {
        return database().sql("select kid from signing_keys where encrypted is not null order by number")
                .query(String.class).list();
    }

    private static List<String> published(RunningService service) {
        var keys = json(new Browser(service.port()).get("/oauth2/jwks")).path("keys");
        return StreamSupport.stream(keys.spliterator(), false).peek(key -> assertThat(key.has("d")).isFalse())
                .map(key -> key.path("kid").asString()).toList();
    }

    private static Tokens signIn(RunningService service) {
        return new Browser(service.port()).tokens("tasks-service", TASKS, "anna");
    }

    private static boolean isAccepted(RunningService service, Tokens tokens) {
        return new Browser(service.port()).get("/api/users/me", "Authorization", "Bearer " + tokens.accessToken())
                .statusCode() == 200;
    }

    private static String kid(Tokens tokens) {
        return Browser.header(tokens.accessToken()).path("kid").asString();
    }

    /** The same token in the name of a key that nobody knows. */
    private static Tokens unknown(Tokens tokens) {
        var header = "{\"alg\":\"RS256\",\"kid\":\"" + UUID.randomUUID() + "\"}";
        return new Tokens("", Base64.getUrlEncoder().withoutPadding()
                .encodeToString(header.getBytes(StandardCharsets.US_ASCII))
                + tokens.accessToken().replaceFirst("[^.]*", ""), "");
    }
}
