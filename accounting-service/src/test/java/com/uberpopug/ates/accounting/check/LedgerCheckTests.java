package com.uberpopug.ates.accounting.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.check.LedgerCheck.Difference;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.transaction.support.TransactionTemplate;

/** A ledger of its own, with a fee and a reward that nothing is wrong with, until a test sees to it. */
@AutoConfigureMockMvc
@ServiceTest(database = "accounting", kafka = false, properties = {
        "ates.price-secret=a secret of the tests, long enough", "ates.close-delay=36500d",
        "spring.kafka.bootstrap-servers=localhost:1"})
class LedgerCheckTests {

    private final UUID anna = Ids.next();
    private final UUID task = Ids.next();

    @Autowired
    private Ledger ledger;
    @Autowired
    private LedgerCheck check;
    @Autowired
    private JdbcClient db;
    @Autowired
    private TransactionTemplate transaction;
    @Autowired
    private MockMvcTester http;
    @Autowired
    private MeterRegistry meters;

    @BeforeEach
    void postFeeAndReward() {
        db.sql("insert into prices (task_id, fee_cents, amount_cents, drawn_at) values (?, 1000, 2000, now())")
                .param(task).update();
        post(posting(Kind.FEE, 1_000), posting(Kind.REWARD, 2_000));
    }

    @Test
    void ledger_written_by_the_service_is_clean() {
        assertThat(check.ofTransfers().differences()).isEmpty();
    }

    /** What may not be changed is changed by adding, as the service's role can. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            update accounts set credits_cents = credits_cents + 1 where id = 'ANNA' | ACCOUNT_TOTAL | ANNA
            update accounts set debits_cents = debits_cents + 1 where kind = 'CASH' | ACCOUNT_TOTAL | 00000000-0000-0000-0000-000000000002
            update accounts set log_length = 3 where id = 'ANNA'                    | LOG_LENGTH | ANNA
            update earnings set earned_cents = earned_cents - 1                     | EARNINGS | TODAY
            update earnings set transfers = transfers + 1                           | EARNINGS | TODAY
            delete from earnings                                                    | EARNINGS | TODAY
            update business_days set payouts = 1, closed_at = now()                 | PAYOUTS | TODAY
            update business_days set paid_cents = 1, closed_at = now()              | PAYOUTS | TODAY
            update business_days set closed_at = now(), finished_at = now()         | OWED | ANNA, TODAY
            update business_days set closed_at = now(); insert into transfers LIKE_FEE "kind": "PAYOUT", "credit_account": "00000000-0000-0000-0000-000000000002", "cents": 1001, "place": 3} | OWED | ANNA, TODAY
            update prices set fee_cents = 1100 where task_id = 'TASK'               | PRICE | FEE
            update prices set amount_cents = 2100 where task_id = 'TASK'            | PRICE | REWARD
            delete from prices where task_id = 'TASK'                               | PRICE | FEE
            insert into transfers LIKE_FEE "place": 4, "balance_after_cents": 0}    | LOG_LINE | NEW
            insert into transfers LIKE_FEE "place": 3, "balance_after_cents": 1}    | LOG_LINE | NEW
            insert into transfers LIKE_FEE "place": 3, "worker_id": "TASK", "debit_account": "TASK"} | LOG_LENGTH | TASK
            insert into transfers LIKE_FEE "place": 3, "occurred_at": "2001-01-01"} | BUSINESS_DATE | NEW
            insert into transfers LIKE_FEE "place": 3, "occurred_at": "2901-01-01", "posted_at": "2901-01-02"} | BUSINESS_DATE | NEW
            """)
    void every_difference_is_listed(String statement, String rule, String subject) {
        var difference = tuple(rule, filled(subject));
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            db.sql(filled(statement)).update();
            assertThat(check.ofTransfers().differences()).extracting(Difference::rule, Difference::subject)
                    .contains(difference);
        });
    }

    @Test
    void first_thousand_differences_of_a_rule_are_listed() {
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            db.sql("""
                    insert into accounts (id, kind, debits_cents)
                    select gen_random_uuid(), 'WORKER', 1 from generate_series(1, 1001)
                    """).update();
            var result = check.ofTransfers();
            assertThat(result.differences()).hasSize(1_000);
            assertThat(result.allListed()).isFalse();
        });
        assertThat(check.ofTransfers().allListed()).isTrue();
    }

    @Test
    void reward_without_a_fee_is_listed() {
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            var other = Ids.next();
            ledger.post(List.of(new Posting(Kind.REWARD, anna, 2_000, other, 1, Instant.now(), cause(other))));
            assertThat(check.ofTransfers().differences()).extracting(Difference::rule).containsExactlyInAnyOrder(
                    "PRICE",
                    "REWARD_WITHOUT_FEE");
        });
    }

    @ParameterizedTest
    @CsvSource({"POPUG, 403", "MANAGER, 403", "ACCOUNTANT, 200", "ADMIN, 200"})
    void only_accountants_and_admins_check(Role role, int status) {
        var answer = http.get().uri("/api/ledger/check?events=false")
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), role)).exchange();
        assertThat(answer).hasStatus(status);
        if (status == 200) {
            assertThat(answer).bodyJson().extractingPath("clean").isEqualTo(true);
        }
    }

    /** Nothing is at the address where these tests have the broker. */
    @Test
    void check_without_a_broker_reports_missing_events_and_checks_the_rest() {
        var answer = http.get().uri("/api/ledger/check")
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ACCOUNTANT)).exchange();
        assertThat(answer).hasStatusOk().bodyJson().extractingPath("clean").isEqualTo(false);
        assertThat(answer).bodyJson().extractingPath("not_compared").asString().contains("The broker does not say");
        assertThat(answer).bodyJson().extractingPath("differences").asArray().isEmpty();
    }

    @Test
    void third_concurrent_check_is_refused_with_retry_after() {
        var running = new ArrayList<CompletableFuture<MvcTestResult>>();
        transaction.executeWithoutResult(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            db.sql("lock table earnings in access exclusive mode").update();
            for (int count = 1; count <= 2; count++) {
                running.add(CompletableFuture.supplyAsync(this::askForCheck, Thread::startVirtualThread));
                int expected = count;
                await().until(() -> db.sql("""
                        select count(*) from pg_stat_activity
                         where datname = current_database() and wait_event_type = 'Lock' and query like '%EARNINGS%'
                        """).query(Integer.class).single() == expected);
            }
            assertThat(askForCheck()).hasStatus(HttpStatus.SERVICE_UNAVAILABLE).hasHeader("Retry-After", "10");
        });
        assertThat(running).allSatisfy(check -> assertThat(check.join()).hasStatusOk());
        assertThat(askForCheck()).hasStatusOk();
    }

    private MvcTestResult askForCheck() {
        return http.get().uri("/api/ledger/check?events=false")
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ADMIN)).exchange();
    }

    @Test
    void idle_limit_of_a_check_exceeds_the_timeouts_of_a_hanging_broker() {
        var limit = "show idle_in_transaction_session_timeout";
        assertThat(check.<String>inSnapshot(_ -> db.sql(limit).query(String.class).single())).isEqualTo("2min");
        assertThat(db.sql(limit).query(String.class).single()).isEqualTo("5s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Z", "+03:00", "-09:30", "UTC+05:45", "GMT-2", "Etc/GMT-3", "Europe/Berlin"})
    void zone_has_the_same_offset_in_the_database(ZoneId zone) {
        var instant = Instant.parse("2026-07-01T12:00:00Z");
        assertThat(db.sql("select ?::timestamptz at time zone ?").params(Timestamp.from(instant),
                LedgerCheck.inPostgres(zone)).query(LocalDateTime.class).single())
                .isEqualTo(LocalDateTime.ofInstant(instant, zone));
    }

    @Test
    void nightly_check_sets_metrics_only_if_complete() {
        var complete = "insert into ledger_checks (checked_at, differences) values (?, 0)";
        db.sql(complete).param(Timestamp.from(Instant.now().minusSeconds(7_200))).update();
        awaitMetrics(0, 7_200);
        // The broker is away.
        db.sql("update scheduled_tasks set execution_time = now() where task_name = 'check-ledger'").update();
        awaitMetrics(Double.NaN, 7_200);
        assertThat(db.sql("select not_compared from ledger_checks order by checked_at desc limit 1")
                .query(String.class).single()).contains("The broker does not say");

        db.sql(complete).param(Timestamp.from(Instant.now().plusSeconds(1))).update();
        awaitMetrics(0, 0);
        db.sql("update scheduled_tasks set consecutive_failures = 1 where task_name = 'check-ledger'").update();
        awaitMetrics(Double.NaN, 0);
    }

    private void awaitMetrics(double differences, double ageSeconds) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(Double.compare(meters.get("ates.ledger.differences").gauge().value(), differences)).isZero();
            assertThat(meters.get("ates.ledger.check.age").gauge().value()).isCloseTo(ageSeconds, within(120.0));
        });
    }

    private String filled(String text) {
        return text.replace("LIKE_FEE", """
                select (jsonb_populate_record(transfer, '{"id": "NEW", "task_id": "NEW",""")
                .replace("}", """
                        }'::jsonb)).* from transfers transfer where worker_id = 'ANNA' and kind = 'FEE'""")
                .replace("ANNA", anna.toString()).replace("TASK", task.toString())
                .replace("NEW", new UUID(anna.getMostSignificantBits(), 1).toString())
                .replace("TODAY", db.sql("select max(business_date)::text from transfers").query(String.class).single())
                .replaceFirst("^FEE$", transfer("FEE")).replaceFirst("^REWARD$", transfer("REWARD"));
    }

    private String transfer(String kind) {
        return db.sql("select id::text from transfers where worker_id = ? and kind = ?").params(anna, kind)
                .query(String.class).single();
    }

    private void post(Posting... postings) {
        transaction.executeWithoutResult(_ -> ledger.post(List.of(postings)));
    }

    private Posting posting(Kind kind, long cents) {
        return new Posting(kind, anna, cents, task, 1, Instant.now(), cause(task));
    }

    private static Received cause(UUID task) {
        return new Received(Ids.next(), task.toString(), 1, Instant.now(), null, "the event");
    }
}
