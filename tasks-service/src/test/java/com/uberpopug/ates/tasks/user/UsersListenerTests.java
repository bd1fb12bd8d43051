package com.uberpopug.ates.tasks.user;

import static com.uberpopug.ates.tasks.TasksTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import com.uberpopug.ates.tasks.TasksTest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@TasksTest
class UsersListenerTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final UUID user = Ids.next();

    @Autowired
    private Events events;

    @Autowired
    private Users users;

    @Autowired
    private JdbcClient db;

    @Test
    void created_popug_is_a_worker() {
        events.send(created("popug"));
        awaitKnownAs(Role.POPUG, true);
        assertThat(users.activeWorkers()).contains(user);
        assertThat(row()).isEqualTo("anna, Anna, 1");
    }

    @Test
    void only_active_popugs_and_accountants_are_workers() {
        events.send(created("accountant"));
        awaitKnownAs(Role.ACCOUNTANT, true);
        assertThat(users.activeWorkers()).contains(user);
        events.send(updated(2, "Anna", "manager", true));
        awaitKnownAs(Role.MANAGER, true);
        assertThat(users.activeWorkers()).doesNotContain(user);
        events.send(updated(3, "Anna", "admin", true));
        awaitKnownAs(Role.ADMIN, true);
        assertThat(users.activeWorkers()).doesNotContain(user);
        events.send(updated(4, "Anna", "popug", false));
        awaitKnownAs(Role.POPUG, false);
        assertThat(users.activeWorkers()).doesNotContain(user);
    }

    @Test
    void newest_update_wins_in_any_order() {
        events.send(updated(3, "Anna the Third", "manager", true), created("popug"),
                updated(2, "Anna the Second", "admin", false));
        awaitMarker();
        assertThat(users.find(user)).contains(new Membership(Role.MANAGER, true));
        assertThat(row()).isEqualTo("anna, Anna the Third, 3");
    }

    @Test
    void duplicate_update_is_ignored() {
        var second = updated(2, "Anna the Second", "popug", true);
        events.send(created("popug"), second, updated(3, "Anna the Third", "popug", true), second);
        awaitMarker();
        assertThat(row()).isEqualTo("anna, Anna the Third, 3");
    }

    @Test
    void update_of_an_unknown_user_creates_the_user() {
        events.send(updated(7, "Anna", "accountant", true));
        awaitKnownAs(Role.ACCOUNTANT, true);
    }

    @Test
    void unknown_role_grants_nothing() {
        events.send(created("manager"), updated(2, "Anna", "owner", true));
        awaitKnownAs(Role.POPUG, false);
        assertThat(users.activeWorkers()).doesNotContain(user);
    }

    @Test
    void erasure_deletes_stored_responses_to_and_about_the_user() {
        var admin = Ids.next();
        db.sql("""
                insert into idempotency_keys (caller, key_hash, request_hash, status, location, sealed_body, about)
                values (:user, '', '', 200, null, 'x', '{}'), (:admin, 'about', '', 201, '/there', 'x', array[:user]),
                       (:admin, 'other', '', 201, '/there', 'x', array[:admin])
                """).param("user", user).param("admin", admin).update();
        events.send(List.of(new ProducerRecord<>(Topics.USERS, user.toString(), null)));
        awaitKnownAs(Role.POPUG, false);
        assertThat(db.sql("select count(*) from idempotency_keys where caller = ?").param(user).query(Long.class)
                .single()).isZero();
        assertThat(db.sql("""
                select encode(key_hash, 'escape') from idempotency_keys
                 where caller = ? and sealed_body is null and location is null
                """).param(admin).query(String.class).list()).containsExactly("about");
    }

    @Test
    void erased_user_stays_known_as_inactive() {
        events.send(created("popug"));
        erase();
        awaitKnownAs(Role.POPUG, false);
        assertThat(db.sql("select num_nonnulls(login, display_name) from users where id = ?").param(user)
                .query(Integer.class).single()).isZero();
        assertThat(users.activeWorkers()).doesNotContain(user);
    }

    @Test
    void later_update_does_not_restore_an_erased_user() {
        erase();
        events.send(created("admin"), updated(2, "Anna", "admin", true));
        awaitMarker();
        assertThat(users.find(user)).contains(new Membership(Role.POPUG, false));
        assertThat(db.sql("select num_nonnulls(login, display_name) from users where id = ?").param(user)
                .query(Integer.class).single()).isZero();
    }

    @Test
    void unknown_event_type_is_skipped() {
        var applause = events.record(created("popug"), new byte[]{1, 2, 3});
        Envelope.put(applause.headers(), Envelope.TYPE, "Users.Applauded");
        Envelope.put(applause.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Users.Applauded", 1));
        events.send(List.of(applause));
        awaitMarker();
        assertThat(users.find(user)).isEmpty();
    }

    @Test
    void unreadable_record_is_a_dead_letter_and_the_next_one_is_applied() {
        var poison = events.record(created("admin"), new byte[]{0, 0, 0});
        events.send(List.of(poison));
        events.send(updated(2, "Anna", "popug", true));
        awaitKnownAs(Role.POPUG, true);
        assertThat(deadLetterOf(user.toString())).isEqualTo(poison.value());
    }

    @Test
    void erasure_removes_the_dead_letters_of_that_user_only() {
        var other = Ids.next();
        events.send(List.of(events.record(created("admin"), new byte[]{0, 0, 0}),
                new ProducerRecord<>(Topics.USERS, other.toString(), new byte[0])));
        events.awaitDeadLetters(Topics.USERS, user, 1);
        events.awaitDeadLetters(Topics.USERS, other, 1);
        events.send(List.of(new ProducerRecord<>(Topics.USERS, user.toString(), null)));
        await().until(() -> db.sql("select count(*) from dead_letters where encode(key, 'escape') = ?")
                .param(user.toString()).query(Long.class).single() == 0);
        assertThat(events.awaitDeadLetters(Topics.USERS, other, 1)).hasSize(1);
    }

    @Test
    void erasure_with_an_invalid_key_is_a_dead_letter() {
        var nobody = "nobody-" + user;
        events.send(List.of(new ProducerRecord<>(Topics.USERS, nobody, null)));
        assertThat(deadLetterOf(nobody)).isNull();
    }

    private Fact created(String role) {
        return Fact.of(Ids.next(), user, 1, NOON,
                new UserCreated(user, "anna", "Anna", "anna@uberpopug.example", "en", role, true, Instant.EPOCH));
    }

    private Fact updated(long sequence, String name, String role, boolean active) {
        return Fact.of(Ids.next(), user, sequence, NOON,
                new UserUpdated(user, "anna", name, null, "ru", role, active, Instant.EPOCH));
    }

    private void erase() {
        events.send(List.of(new ProducerRecord<>(Topics.USERS, user.toString(), null)));
    }

    private void awaitKnownAs(Role role, boolean active) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(users.find(user)).contains(new Membership(role, active)));
    }

    /** Another user in this user's partition: once they are there, all before them has been applied. */
    private void awaitMarker() {
        var marker = Events.besides(user);
        events.send(Fact.of(Ids.next(), marker, 1, NOON,
                new UserCreated(marker, "marker", "Marker", null, "en", "admin", false, Instant.EPOCH)));
        await().atMost(PATIENCE).until(() -> users.find(marker).isPresent());
    }

    private String row() {
        return db.sql("select concat_ws(', ', login, display_name, sequence) from users where id = ?").param(user)
                .query(String.class).single();
    }

    private byte[] deadLetterOf(String key) {
        return events.awaitDeadLetters(Topics.USERS, key, 1).getFirst().value();
    }
}
