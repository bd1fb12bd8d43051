package com.uberpopug.ates.analytics.user;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest(database = "analytics")
class UsersListenerTests {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final UUID user = Ids.next();

    @Autowired
    private Events events;

    @Autowired
    private Users users;

    @Autowired
    private JdbcClient db;

    @Test
    void user_has_the_state_of_the_last_fact() {
        events.send(created(1, "popug"), updated(2, "admin", true));
        awaitStanding(Role.ADMIN, true);
        events.send(updated(3, "manager", false));
        awaitStanding(Role.MANAGER, false);
    }

    @Test
    void duplicate_changes_nothing() {
        var promotion = updated(2, "admin", true);
        events.send(created(1, "popug"), promotion, updated(3, "accountant", true), promotion);
        awaitMarker();
        assertStanding(Role.ACCOUNTANT, true);
    }

    @Test
    void late_older_state_changes_nothing() {
        events.send(updated(2, "admin", true), created(1, "popug"));
        awaitMarker();
        assertStanding(Role.ADMIN, true);
    }

    @Test
    void erased_user_stays_inactive_whatever_arrives_later() {
        events.send(created(1, "admin"));
        awaitStanding(Role.ADMIN, true);
        events.send(List.of(erasure(user.toString())));
        awaitStanding(Role.POPUG, false);
        events.send(updated(2, "admin", true));
        awaitMarker();
        assertStanding(Role.POPUG, false);
    }

    @Test
    void erasure_deletes_stored_answers_to_and_about_the_user() {
        var admin = Ids.next();
        db.sql("""
                insert into idempotency_keys (caller, key_hash, request_hash, status, location, sealed_body, about)
                values (:user, '', '', 200, null, 'x', '{}'), (:admin, 'about', '', 201, '/there', 'x', array[:user]),
                       (:admin, 'other', '', 201, '/there', 'x', array[:admin])
                """).param("user", user).param("admin", admin).update();
        events.send(List.of(new ProducerRecord<>(Topics.USERS, user.toString(), null)));
        awaitStanding(Role.POPUG, false);
        assertThat(db.sql("select count(*) from idempotency_keys where caller = ?").param(user).query(Long.class)
                .single()).isZero();
        assertThat(db.sql("""
                select encode(key_hash, 'escape') from idempotency_keys
                 where caller = ? and sealed_body is null and location is null
                """).param(admin).query(String.class).list()).containsExactly("about");
    }

    @Test
    void erasure_before_any_other_event_leaves_an_inactive_user() {
        events.send(List.of(erasure(user.toString())));
        awaitStanding(Role.POPUG, false);
    }

    @Test
    void unknown_role_grants_nothing() {
        events.send(created(1, "owner"));
        awaitStanding(Role.POPUG, false);
    }

    @Test
    void unknown_type_is_skipped() {
        var applause = events.record(created(1, "admin"), new byte[]{1, 2, 3});
        Envelope.put(applause.headers(), Envelope.TYPE, "Users.Applauded");
        Envelope.put(applause.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Users.Applauded", 1));
        events.send(List.of(applause));
        awaitMarker();
        assertThat(users.find(user)).isEmpty();
    }

    @Test
    void malformed_record_becomes_a_dead_letter_and_the_next_one_counts() {
        var key = "popug " + user;
        events.send(List.of(erasure(key)));
        assertThat(events.awaitDeadLetters(Topics.USERS, key, 1).getFirst()
                .value()).isNull();
        events.send(created(1, "manager"));
        awaitStanding(Role.MANAGER, true);
    }

    private static ProducerRecord<String, byte[]> erasure(String key) {
        return new ProducerRecord<>(Topics.USERS, key, null);
    }

    /** A marker: another user in the same partition. Once it is applied, all earlier records are. */
    private void awaitMarker() {
        var other = Events.besides(user);
        events.send(Fact.of(Ids.next(), other, 1, NOW, new UserCreated(other, "marker", "Marker", null, "en", "popug",
                true, Instant.EPOCH)));
        eventually(() -> assertThat(users.find(other)).isPresent());
    }

    private void awaitStanding(Role role, boolean active) {
        eventually(() -> assertStanding(role, active));
    }

    private void assertStanding(Role role, boolean active) {
        assertThat(users.find(user)).contains(new Membership(role, active));
    }

    private Fact created(long sequence, String role) {
        return Fact.of(Ids.next(), user, sequence, NOW,
                new UserCreated(user, "anna", "Anna", null, "en", role, true, Instant.EPOCH));
    }

    private Fact updated(long sequence, String role, boolean active) {
        return Fact.of(Ids.next(), user, sequence, NOW,
                new UserUpdated(user, "anna", "Anna", "anna@uberpopug.example", "en", role, active, Instant.EPOCH));
    }
}
