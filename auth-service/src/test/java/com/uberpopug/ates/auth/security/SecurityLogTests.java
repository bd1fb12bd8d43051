package com.uberpopug.ates.auth.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.auth.security.SecurityEvents.Filter;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The keeping of the entries of all services, and the alarms. */
@ServiceTest(database = "auth", properties = "ates.demo=true")
class SecurityLogTests {

    private final Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MICROS);
    private final UUID anna = Ids.next();

    @Autowired
    private Events events;

    @Autowired
    private SecurityEvents log;

    @Autowired
    private JdbcClient db;

    @Autowired
    private Environment environment;

    @Test
    void entry_is_kept_once_however_often_it_comes() {
        var entry = entry("TRANSFER_CORRECTED", "DONE", Ids.next(), anna, "192.0.2.1", 1);
        events.send(fact(entry), fact(entry));
        events.send(Fact.of(Ids.next(), entry.getEntryId(), 1, now, entry));
        var marker = entry("DAY_CLOSED", "DONE", null, anna, null, 1);
        events.send(Fact.of(Ids.next(), entry.getEntryId(), 2, now, marker));
        await().until(() -> find(anna).size() >= 2);
        assertThat(find(anna)).extracting(SecurityEventView::id).containsExactlyInAnyOrder(entry.getEntryId(),
                marker.getEntryId());
        assertThat(find(anna)).filteredOn(found -> found.id().equals(entry.getEntryId())).singleElement()
                .isEqualTo(new SecurityEventView(entry.getEntryId(), "tests", "TRANSFER_CORRECTED", "DONE",
                        entry.getActorId(), null, null, anna, null, "subject", "192.0.2.1", "agent", null, 1, now));
    }

    @Test
    void malformed_entry_becomes_a_dead_letter_and_the_next_one_is_kept() {
        var forged = entry("forged\nkind", "DONE", null, anna, null, 1);
        var next = entry("SIGN_IN", "DONE", anna, anna, null, 1);
        events.send(fact(forged), Fact.of(Ids.next(), forged.getEntryId(), 1, now, next));
        assertThat(events.awaitDeadLetters(Topics.SECURITY, forged.getEntryId(), 1)).hasSize(1);
        await().until(() -> find(anna).size() == 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            update security_events set subject = 'forged'                   | permission denied for table security_events
            truncate security_events                                        | permission denied for table security_events
            select from security_events for update                          | permission denied for table security_events
            insert into security_events select * from security_events on conflict (id) do update set times = 1 | permission denied for table security_events
            alter table security_events disable trigger all                 | must be owner of table security_events
            drop trigger history_is_kept_for_400_days on security_events    | must be owner of relation security_events
            drop table security_events                                      | must be owner of table security_events
            set session_replication_role = replica                          | permission denied to set parameter
            delete from security_events                                     | history_is_only_added: delete of security_events
            """)
    void log_is_only_added_to(String statement, String refusal) {
        insert(Ids.next(), 0);
        assertThatThrownBy(() -> db.sql(statement).update()).rootCause().hasMessageContaining(refusal);
    }

    /** As if a migration had given the service's role too much. */
    @Test
    void log_is_only_added_to_by_a_role_with_every_right_too() throws SQLException {
        insert(Ids.next(), 0);
        var role = environment.getProperty("spring.datasource.username");
        asOwner("grant all on security_events to " + role, """
                create function lent() returns void language sql security definer
                begin atomic update security_events set times = 2; end
                """, "grant execute on function lent() to " + role);
        try {
            for (var statement : List.of("update security_events set times = 2", "delete from security_events",
                    "truncate security_events", "select from lent()")) {
                assertThatThrownBy(() -> db.sql(statement).update()).as(statement).rootCause()
                        .hasMessageContaining("history_is_only_added");
            }
        } finally {
            asOwner("drop function lent()", "revoke all on security_events from " + role,
                    "grant select, insert, delete on security_events to " + role);
        }
    }

    @Test
    void entries_are_deleted_after_400_days_and_not_before() {
        var old = Ids.next();
        var young = Ids.next();
        insert(old, 401);
        insert(young, 399);
        assertThatThrownBy(() -> db.sql("delete from security_events where id = ?").param(young).update()).rootCause()
                .hasMessageContaining("history_is_only_added");
        log.deleteExpired();
        assertThat(db.sql("select id from security_events where id in (?, ?)").param(old).param(young)
                .query(UUID.class).list()).containsExactly(young);
    }

    @Test
    void burst_by_one_user_against_one_user_or_from_one_address_raises_one_alarm() {
        var network = "198.51.100." + (int) (Math.random() * 250);
        for (int i = 0; i < 19; i++) {
            events.send(fact(entry("SIGN_IN", "FAILED", null, anna, network, 1)));
        }
        var marker = Ids.next();
        events.send(fact(entry("SIGN_IN", "DONE", null, marker, network, 1)));
        await().until(() -> find(anna).size() == 19 && find(marker).size() == 1);
        assertThat(alarms(anna, null)).isEmpty();
        // Two that were counted together.
        events.send(fact(entry("SIGN_IN", "FAILED", null, anna, network, 2)));
        await().untilAsserted(() -> {
            assertThat(alarms(anna, null)).singleElement()
                    .satisfies(alarm -> assertThat(alarm.subject()).isEqualTo("SIGN_IN 21"));
            assertThat(alarms(null, network)).hasSize(1);
        });
        events.send(fact(entry("SIGN_IN", "FAILED", null, anna, network, 100)));
        var last = Ids.next();
        events.send(fact(entry("SIGN_IN", "DONE", null, last, network, 1)));
        await().until(() -> find(anna).size() == 22 && find(last).size() == 1);
        assertThat(alarms(anna, null)).hasSize(1);
        assertThat(alarms(null, network)).hasSize(1);

        var boris = Ids.next();
        events.send(fact(entry("CALL_REFUSED", "REFUSED", boris, null, null, 20)));
        await().untilAsserted(() -> assertThat(alarms(boris, null)).singleElement()
                .satisfies(alarm -> assertThat(alarm.actorId()).isEqualTo(boris)));
    }

    private List<SecurityEventView> alarms(@Nullable UUID user, @Nullable String address) {
        return log.page(new Filter("BURST", null, user, address, null, null), Optional.empty(), 200).items();
    }

    private List<SecurityEventView> find(UUID user) {
        return log.page(new Filter(null, null, user, null, null, null), Optional.empty(), 200).items();
    }

    private void insert(UUID id, int daysAgo) {
        db.sql("""
                insert into security_events (id, service, kind, outcome, times, occurred_at, recorded_at)
                values (?, 'tests', 'SIGN_IN', 'DONE', 1, now(), now() - make_interval(days => ?))
                """).param(id).param(daysAgo).update();
    }

    private SecurityRecorded entry(String kind, String outcome, @Nullable UUID actor, @Nullable UUID user,
            @Nullable String address, int times) {
        return new SecurityRecorded(Ids.next(), "tests", kind, outcome, actor, null, user, "subject", null, address,
                "agent", null, times, now);
    }

    private static Fact fact(SecurityRecorded entry) {
        return Fact.of(entry.getEntryId(), entry.getEntryId(), 1, entry.getOccurredAt(), entry);
    }

    private void asOwner(String... statements) throws SQLException {
        try (var connection = RealParts.connectAsOwner(environment);
                var statement = connection.createStatement()) {
            for (var sql : Arrays.asList(statements)) {
                statement.execute(sql);
            }
        }
    }
}
