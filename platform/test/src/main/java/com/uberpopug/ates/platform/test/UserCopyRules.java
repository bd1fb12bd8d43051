package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserRestated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received.RecordPosition;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserCopy;
import com.uberpopug.ates.platform.web.security.UserCopy.State;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * A service's copy of the users can be put right by auth-service, whatever a forged or damaged record said. Each
 * service with a copy extends this class.
 */
public abstract class UserCopyRules {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final UUID user = Ids.next();

    @Autowired
    private Events events;

    @Autowired
    private UserCopy users;

    /** A record that nobody should have sent. */
    enum Damage {
        SEQUENCE_FAR_AHEAD((rules, _) -> rules.updated(1_000, "admin", true)),
        HIGHEST_SEQUENCE((rules, _) -> rules.updated(Long.MAX_VALUE, "admin", true)),
        HIGHEST_SEQUENCE_AND_LOCKED_OUT((rules, _) -> rules.updated(Long.MAX_VALUE, "popug", false)),
        CREATED_AGAIN((rules, user) -> rules.fact(Long.MAX_VALUE,
                new UserCreated(user, "anna", "Anna", null, "en", "admin", true, Instant.EPOCH))),
        RESTATED((rules, user) -> rules.fact(Long.MAX_VALUE,
                new UserRestated(user, "anna", "Anna", null, "en", "admin", true, Instant.EPOCH))),
        UNKNOWN_ROLE((rules, _) -> rules.updated(Long.MAX_VALUE, "emperor", true)),
        ERASED((_, user) -> new ProducerRecord<>(Topics.USERS, user.toString(), null));

        private final BiFunction<UserCopyRules, UUID, ProducerRecord<String, byte[]>> record;

        Damage(BiFunction<UserCopyRules, UUID, ProducerRecord<String, byte[]>> record) {
            this.record = record;
        }
    }

    @ParameterizedTest
    @EnumSource
    void state_that_is_announced_anew_counts_and_later_ones_do_again(Damage damage) {
        events.send(List.of(updated(1, "popug", true), updated(2, "manager", true)));
        awaitStanding(Role.MANAGER, true);
        events.send(List.of(damage.record.apply(this, user)));
        await().untilAsserted(() -> assertThat(users.find(user)).isNotEqualTo(standing(Role.MANAGER, true)));

        events.send(List.of(restated(2, "manager", true)));
        awaitStanding(Role.MANAGER, true);
        events.send(List.of(updated(3, "accountant", false)));
        awaitStanding(Role.ACCOUNTANT, false);
        events.send(List.of(updated(2, "popug", true), updated(3, "popug", true)));
        awaitMarker();
        assertStanding(Role.ACCOUNTANT, false);
        events.send(List.of(new ProducerRecord<>(Topics.USERS, user.toString(), null)));
        awaitStanding(Role.POPUG, false);
        events.send(List.of(updated(4, "admin", true)));
        awaitMarker();
        assertStanding(Role.POPUG, false);
    }

    @ParameterizedTest
    @EnumSource
    void user_whom_nobody_created_is_erased(Damage damage) {
        events.send(List.of(damage.record.apply(this, user)));
        awaitMarker();
        events.send(List.of(new ProducerRecord<>(Topics.USERS, user.toString(), null)));
        awaitStanding(Role.POPUG, false);
        events.send(List.of(updated(Long.MAX_VALUE, "admin", true)));
        awaitMarker();
        assertStanding(Role.POPUG, false);
    }

    @Test
    void damage_that_is_replayed_after_the_new_announcement_changes_nothing() {
        users.update(List.of(state("manager", 2, 10, true)));
        for (var late : List.of(state("admin", Long.MAX_VALUE, 9, false), state("admin", Long.MAX_VALUE, 9, true),
                State.erased(user, position(9)))) {
            users.update(List.of(late));
            assertStanding(Role.MANAGER, true);
        }
    }

    @Test
    void state_is_announced_anew_in_a_topic_that_was_created_again() {
        users.update(List.of(state("manager", 2, 10, true)));
        users.update(List.of(new State(user, "anna", "Anna", null, "en", "accountant", true, 2,
                new RecordPosition(0, 0, position(10).millis() + 1), true)));
        assertStanding(Role.ACCOUNTANT, true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void record_beside_the_order_of_its_user_is_a_dead_letter(boolean isInOtherPartition) {
        var record = updated(1, "admin", true);
        int partition = Events.partition(user);
        var other = Events.besides(user).toString();
        events.send(List.of(isInOtherPartition
                ? new ProducerRecord<>(Topics.USERS, (partition + 1) % Topics.PARTITIONS, record.key(), record.value(),
                        record.headers())
                : new ProducerRecord<>(Topics.USERS, null, other, record.value(), record.headers())));
        events.awaitDeadLetters(Topics.USERS, isInOtherPartition ? user : other, 1);
        assertThat(users.find(user)).isEmpty();
    }

    @Test
    void batches_of_any_size_give_the_same_state() {
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            var one = Ids.next();
            var other = Ids.next();
            var states = new ArrayList<State>();
            for (int offset = 0; offset < 12; offset++) {
                long sequence = random.nextInt(8) == 0 ? Long.MAX_VALUE : random.nextInt(6);
                var role = Role.values()[random.nextInt(Role.values().length)].wire();
                states.add(random.nextInt(8) == 0
                        ? State.erased(one, position(offset))
                        : new State(one, "anna", "Anna", null, "en", role, true, sequence, position(offset),
                                random.nextInt(4) == 0));
            }
            states.forEach(state -> users.update(List.of(state)));
            var rest = states.stream().map(state -> of(other, state)).toList();
            while (!rest.isEmpty()) {
                int size = 1 + random.nextInt(rest.size());
                users.update(rest.subList(0, size));
                rest = rest.subList(size, rest.size());
            }
            assertThat(users.find(other)).as("seed " + seed + ": " + states).isEqualTo(users.find(one));
            users.update(states.stream().map(state -> of(other, state)).toList());
            assertThat(users.find(other)).as("read again, seed " + seed + ": " + states).isEqualTo(users.find(one));
            int settled = 0;
            for (int i = 0; i < states.size(); i++) {
                settled = states.get(i).isSettling() ? i : settled;
            }
            var rebuilt = Ids.next();
            users.update(states.subList(settled, states.size()).stream().map(state -> of(rebuilt, state)).toList());
            assertThat(users.find(rebuilt)).as("compacted, seed " + seed + ": " + states).isEqualTo(users.find(one));
        }
    }

    private static State of(UUID id, State state) {
        return new State(id, state.login(), state.displayName(), state.email(), state.language(), state.role(),
                state.active(), state.sequence(), state.position(), state.isSettling());
    }

    private State state(String role, long sequence, long offset, boolean isSettling) {
        return new State(user, "anna", "Anna", null, "en", role, true, sequence, position(offset), isSettling);
    }

    private static RecordPosition position(long offset) {
        return new RecordPosition(0, offset, NOON.plusSeconds(offset).toEpochMilli());
    }

    private ProducerRecord<String, byte[]> updated(long sequence, String role, boolean active) {
        return fact(sequence, new UserUpdated(user, "anna", "Anna", null, "en", role, active, Instant.EPOCH));
    }

    private ProducerRecord<String, byte[]> restated(long sequence, String role, boolean active) {
        return fact(sequence, new UserRestated(user, "anna", "Anna", null, "en", role, active, Instant.EPOCH));
    }

    private ProducerRecord<String, byte[]> fact(long sequence, SpecificRecord event) {
        return events.record(Fact.of(Ids.next(), user, sequence, NOON, event));
    }

    private void awaitMarker() {
        var marker = Events.besides(user);
        events.send(Fact.of(Ids.next(), marker, 1, NOON,
                new UserCreated(marker, "marker", "Marker", null, "en", "admin", false, Instant.EPOCH)));
        await().until(() -> users.find(marker).isPresent());
    }

    private void awaitStanding(Role role, boolean active) {
        await().untilAsserted(() -> assertStanding(role, active));
    }

    private void assertStanding(Role role, boolean active) {
        assertThat(users.find(user)).isEqualTo(standing(role, active));
    }

    private static Optional<Membership> standing(Role role, boolean active) {
        return Optional.of(new Membership(role, active));
    }
}
