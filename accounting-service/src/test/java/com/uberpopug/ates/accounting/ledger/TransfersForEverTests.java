package com.uberpopug.ates.accounting.ledger;

import static com.uberpopug.ates.accounting.ledger.Postings.fee;
import static com.uberpopug.ates.accounting.ledger.Postings.reward;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.RealParts;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The immutability of the ledger, against SQL in the role of the service. */
@AccountingTest
class TransfersForEverTests {

    private static final String PAYOUT = """
            {"kind": "PAYOUT", "credit_account": "00000000-0000-0000-0000-000000000002", "place": %d}""";

    private final UUID anna = Ids.next();
    private final UUID task = Ids.next();

    @Autowired
    private Ledger ledger;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    @Autowired
    private Environment environment;

    @BeforeEach
    void postFeeAndReward() {
        transaction.executeWithoutResult(_ -> ledger.post(List.of(fee(anna, 1_000, task, 1, Instant.now()),
                reward(anna, 2_000, task, 1, Instant.now()))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            update transfers set cents = 1                                      | permission denied for table transfers
            delete from transfers                                               | permission denied for table transfers
            truncate transfers                                                  | permission denied for table transfers
            update worker_log set cents = 1                                     | permission denied for view worker_log
            delete from worker_log                                              | permission denied for view worker_log
            insert into worker_log (id, kind) select id, kind from transfers    | permission denied for view worker_log
            delete from business_days                                           | permission denied for table business_days
            truncate business_days                                              | permission denied for table business_days
            select from transfers for update                                    | permission denied for table transfers
            insert into transfers select * from transfers on conflict (id) do update set cents = 1 | permission denied for table transfers
            merge into transfers using accounts on true when matched then delete | permission denied for table transfers
            alter table transfers drop constraint amount_is_positive            | must be owner of table transfers
            alter table transfers disable trigger all                           | must be owner of table transfers
            drop trigger check_posted_transfers on transfers                    | must be owner of relation transfers
            drop table transfers cascade                                        | must be owner of table transfers
            set session_replication_role = replica                              | permission denied to set parameter
            create or replace function check_posted_transfers() returns trigger language plpgsql as 'begin return null; end' | permission denied for schema public
            """)
    void transfers_and_their_guards_are_immutable(String statement, String refusal) {
        assertThatThrownBy(() -> db.sql(statement).update()).rootCause().hasMessageContaining(refusal);
    }

    /** As if a migration had given the service's role too much. */
    @Test
    void history_is_only_added_by_a_role_with_every_right_too() throws SQLException {
        var role = environment.getProperty("spring.datasource.username");
        asOwner("grant all on transfers, business_days to " + role,
                "create view lent with (security_invoker = false) as select * from transfers",
                "grant all on lent to " + role,
                """
                        create function lent() returns void language sql security definer
                        begin atomic update transfers set cents = 1; end
                        """, "grant execute on function lent() to " + role);
        try {
            for (var statement : List.of("update transfers set cents = 1", "delete from transfers",
                    "truncate transfers", "update lent set cents = 1", "delete from lent", "select from lent()",
                    "insert into transfers select * from transfers on conflict (id) do update set cents = 1",
                    "merge into transfers using accounts on true when matched then delete",
                    "delete from business_days", "truncate business_days")) {
                assertThatThrownBy(() -> db.sql(statement).query().listOfRows()).as(statement).rootCause()
                        .hasMessageContaining("history_is_only_added");
            }
        } finally {
            asOwner("drop function lent()", "drop view lent", "revoke all on transfers, business_days from " + role,
                    "grant select, insert on transfers to " + role,
                    "grant select, insert, update on business_days to " + role);
        }
    }

    private void asOwner(String... statements) throws SQLException {
        try (var owner = RealParts.connectAsOwner(environment); var statement = owner.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Each row changes one column of a valid fee. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            FEE    | {"cents": 0}                                        | amount_is_positive
            FEE    | {"cents": -100}                                     | amount_is_positive
            FEE    | {"cents": 100000001}                                | amount_is_at_most_a_million_dollars
            REWARD | {"cents": 9223372036854775807}                      | amount_is_at_most_a_million_dollars
            FEE    | {"credit_account": "ANNA"}                          | accounts_differ
            FEE    | {"worker_id": "TASK"}                               | fees_go_to_the_company
            FEE    | {"kind": "CORRECTION", "corrects_transfer_id": "TASK", "reason": "a slip", "corrected_by": "TASK", "worker_id": "TASK"} | one_side_is_the_worker
            FEE    | {"kind": "GIFT"}                                    | kind_is_known
            FEE    | {"kind": "REWARD"}                                  | rewards_come_from_the_company
            FEE    | {"kind": "PAYOUT"}                                  | payouts_go_to_cash
            REWARD | {"kind": "FEE"}                                     | fees_go_to_the_company
            FEE    | {"kind": "CORRECTION"}                              | corrections_say_of_what
            FEE    | {"kind": "CORRECTION", "corrects_transfer_id": "TASK"} | corrections_say_why
            FEE    | {"reason": "a slip", "corrected_by": "TASK"}        | corrections_say_why
            FEE    | {"kind": "CORRECTION", "corrects_transfer_id": "TASK", "reason": "a slip", "corrected_by": "TASK"} | corrections_mirror_a_fee_or_reward
            REWARD | {"kind": "CORRECTION", "corrects_transfer_id": "FEE", "reason": "a slip", "corrected_by": "TASK"} | corrections_mirror_a_fee_or_reward
            FEE    | {"business_date": "2001-01-01"}                     | transfers_are_dated_open_days
            FEE    | {"place": 1}                                        | places_are_taken_once
            FEE    | {"task_id": "TASK"}                                 | one_fee_per_assignment
            REWARD | {"task_id": "TASK", "assignment_number": 2}         | one_reward_per_task
            """)
    void invalid_transfer_is_refused_by_a_constraint(String kind, String change, String constraint) {
        assertThatThrownBy(() -> insertLike(kind, change)).rootCause().hasMessageContaining(constraint);
    }

    @Test
    void closed_day_accepts_payouts_only() {
        rolledBack(() -> {
            insertLike("FEE", "{\"place\": 3}");
            db.sql("update business_days set closed_at = now() where business_date = current_date").update();
            insertLike("FEE", PAYOUT.formatted(4));
            assertRefused(() -> insertLike("FEE", "{\"place\": 5}"), "transfers_are_dated_open_days");
            assertRefused(() -> insertLike("FEE", PAYOUT.formatted(5)), "one_payout_per_worker_and_day");
        });
    }

    @Test
    void finished_day_accepts_no_payout() {
        rolledBack(() -> {
            db.sql("""
                    update business_days set closed_at = now(), finished_at = now() where business_date = current_date
                    """).update();
            assertRefused(() -> insertLike("FEE", PAYOUT.formatted(3)), "transfers_are_dated_open_days");
        });
    }

    @Test
    void payout_is_not_dated_an_open_day() {
        assertThatThrownBy(() -> insertLike("FEE", PAYOUT.formatted(3))).rootCause()
                .hasMessageContaining("transfers_are_dated_open_days");
    }

    @Test
    void transfer_is_corrected_once() {
        rolledBack(() -> {
            var correction = """
                    {"kind": "CORRECTION", "debit_account": "00000000-0000-0000-0000-000000000001",
                     "credit_account": "ANNA", "corrects_transfer_id": "FEE", "reason": "a slip",
                     "corrected_by": "ANNA", "place": %d}""";
            insertLike("FEE", correction.formatted(3));
            assertRefused(() -> insertLike("FEE", correction.formatted(4)), "one_correction_per_transfer");
            assertRefused(() -> insertLike("CORRECTION", """
                    {"corrects_transfer_id": "CORRECTION", "place": 5}"""), "corrections_mirror_a_fee_or_reward");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            update business_days set closed_at = null                 | closed_days_stay_closed
            update business_days set closed_at = now() + interval '1' | closed_days_stay_closed
            delete from business_days                                 | permission denied
            update business_days set business_date = business_date + 1000 | days_keep_their_dates
            insert into business_days (business_date) values (current_date - 1000) | days_before_closed_ones_are_closed
            """)
    void closed_day_stays_closed(String statement, String refusal) {
        rolledBack(() -> {
            db.sql("update business_days set closed_at = now() where business_date = current_date").update();
            assertRefused(() -> db.sql(statement).update(), refusal);
        });
    }

    private void insertLike(String kind, String change) {
        var changes = change.replace("ANNA", anna.toString()).replace("TASK", task.toString());
        for (var known : List.of("FEE", "REWARD", "CORRECTION")) {
            var id = db.sql("select id from transfers where worker_id = ? and kind = ? order by place limit 1")
                    .param(anna).param(known)
                    .query(UUID.class).optional();
            changes = id.isEmpty()
                    ? changes
                    : changes.replace("_id\": \"" + known + "\"", "_id\": \"" + id.get() + "\"");
        }
        db.sql("""
                insert into transfers
                select (jsonb_populate_record(transfer, jsonb_build_object('id', gen_random_uuid(),
                            'task_id', gen_random_uuid(), 'place', 3) || :changes::jsonb)).*
                  from transfers transfer
                 where worker_id = :anna and kind = :kind
                 order by place limit 1
                """).param("changes", changes).param("anna", anna).param("kind", kind).update();
    }

    /** Rolls back, so that other tests see neither these days nor these transfers. */
    private void rolledBack(Runnable test) {
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            test.run();
        });
    }

    /** Runs in a savepoint: a refusal aborts the transaction otherwise. */
    private void assertRefused(Runnable statement, String refusal) {
        var nested = new TransactionTemplate(requireNonNull(transaction.getTransactionManager()));
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        assertThatThrownBy(() -> nested.executeWithoutResult(_ -> statement.run())).rootCause()
                .hasMessageContaining(refusal);
    }
}
