package com.uberpopug.ates.accounting.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@AccountingTest
class UsersListenerTests {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final UUID anna = Ids.next();

    @Autowired
    private Events events;

    @Autowired
    private Users users;

    @Autowired
    private JdbcClient db;

    @Test
    void worker_gets_an_account() {
        events.send(created("popug"));
        awaitMembership(Role.POPUG, true);
        assertThat(hasAccount()).isTrue();
    }

    @Test
    void manager_gets_an_account_when_becoming_a_worker() {
        events.send(created("manager"));
        awaitMembership(Role.MANAGER, true);
        assertThat(hasAccount()).isFalse();
        events.send(updated(2, "accountant", true));
        awaitMembership(Role.ACCOUNTANT, true);
        assertThat(hasAccount()).isTrue();
    }

    @Test
    void older_state_is_ignored() {
        events.send(created("popug"), updated(3, "manager", false));
        awaitMembership(Role.MANAGER, false);
        events.send(updated(2, "admin", true), updated(4, "accountant", true));
        awaitMembership(Role.ACCOUNTANT, true);
    }

    @Test
    void erasure_removes_the_person_and_keeps_the_account() {
        events.send(created("popug"));
        awaitMembership(Role.POPUG, true);
        events.send(List.of(new ProducerRecord<>(Topics.USERS, anna.toString(), null)));
        awaitMembership(Role.POPUG, false);
        assertThat(db.sql("select login is null and display_name is null and email is null from users where id = ?")
                .param(anna).query(Boolean.class).single()).isTrue();
        assertThat(hasAccount()).isTrue();
    }

    @Test
    void erasure_deletes_stored_responses_to_and_about_the_user() {
        var admin = Ids.next();
        db.sql("""
                insert into idempotency_keys (caller, key_hash, request_hash, status, location, sealed_body, about)
                values (:user, '', '', 200, null, 'x', '{}'), (:admin, 'about', '', 201, '/there', 'x', array[:user]),
                       (:admin, 'other', '', 201, '/there', 'x', array[:admin])
                """).param("user", anna).param("admin", admin).update();
        events.send(List.of(new ProducerRecord<>(Topics.USERS, anna.toString(), null)));
        awaitMembership(Role.POPUG, false);
        assertThat(db.sql("select count(*) from idempotency_keys where caller = ?").param(anna).query(Long.class)
                .single()).isZero();
        assertThat(db.sql("""
                select encode(key_hash, 'escape') from idempotency_keys
                 where caller = ? and sealed_body is null and location is null
                """).param(admin).query(String.class).list()).containsExactly("about");
    }

    @Test
    void unknown_role_grants_nothing() {
        events.send(created("accountant"), updated(2, "emperor", true));
        awaitMembership(Role.POPUG, false);
    }

    @Test
    void unreadable_record_is_a_dead_letter() {
        events.send(List.of(events.record(created("popug"), new byte[]{9, 9})));
        events.awaitDeadLetters(Topics.USERS, anna, 1);
        assertThat(users.find(anna)).isEmpty();
    }

    private Fact created(String role) {
        return Fact.of(Ids.next(), anna, 1, NOW,
                new UserCreated(anna, "anna", "Anna", "anna@uberpopug.example", "en", role, true, Instant.EPOCH));
    }

    private Fact updated(long sequence, String role, boolean active) {
        return Fact.of(Ids.next(), anna, sequence, NOW,
                new UserUpdated(anna, "anna", "Anna", null, "ru", role, active, Instant.EPOCH));
    }

    private void awaitMembership(Role role, boolean active) {
        await().untilAsserted(() -> assertThat(users.find(anna)).hasValue(new Membership(role, active)));
    }

    private boolean hasAccount() {
        return db.sql("select exists (select from accounts where id = ?)").param(anna).query(Boolean.class).single();
    }
}
