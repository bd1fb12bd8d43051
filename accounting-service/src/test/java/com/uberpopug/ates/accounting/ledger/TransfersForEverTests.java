package com.uberpopug.ates.accounting.ledger;

import static com.uberpopug.ates.accounting.ledger.Postings.fee;
import static com.uberpopug.ates.accounting.ledger.Postings.reward;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.platform.Ids;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What the service itself cannot do to its ledger, tried by SQL as the role that it runs as. */
@AccountingTest
class TransfersForEverTests {

    private final UUID anna = Ids.next();
    private final UUID task = Ids.next();

    @Autowired
    private Ledger ledger;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    @BeforeEach
    void there_is_a_fee_and_a_reward() {
        transaction.executeWithoutResult(_ -> ledger.post(List.of(fee(anna, 1_000, task, 1, Instant.now()),
                reward(anna, 2_000, task, 1, Instant.now()))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"update transfers set cents = 1", "delete from transfers", "truncate transfers"})
    void a_transfer_stays_as_it_was_written(String statement) {
        assertThatThrownBy(() -> db.sql(statement).update())
                .rootCause().hasMessageContaining("permission denied for table transfers");
    }

    /** Another transfer like the fee would be good, but for one thing. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            FEE    | {"cents": 0}                                        | amount_is_positive
            FEE    | {"cents": -100}                                     | amount_is_positive
            FEE    | {"credit_account": "ANNA"}                          | accounts_differ
            FEE    | {"kind": "CORRECTION", "corrects_transfer_id": "TASK", "worker_id": "TASK"} | one_side_is_the_worker
            FEE    | {"kind": "GIFT"}                                    | kind_is_known
            FEE    | {"kind": "REWARD"}                                  | rewards_come_from_the_company
            FEE    | {"kind": "PAYOUT"}                                  | payouts_go_to_cash
            REWARD | {"kind": "FEE"}                                     | fees_go_to_the_company
            FEE    | {"kind": "CORRECTION"}                              | corrections_say_of_what
            FEE    | {"place": 1}                                        | logs_have_no_gaps
            FEE    | {"task_id": "TASK"}                                 | one_fee_per_assignment
            REWARD | {"task_id": "TASK", "assignment_number": 2}         | one_reward_per_task
            """)
    void what_must_never_be_is_refused(String kind, String change, String constraint) {
        var changes = change.replace("ANNA", anna.toString()).replace("TASK", task.toString());
        assertThatThrownBy(() -> db.sql("""
                insert into transfers
                select (jsonb_populate_record(transfer, jsonb_build_object('id', gen_random_uuid(),
                            'task_id', gen_random_uuid(), 'place', 3) || :changes::jsonb)).*
                  from transfers transfer
                 where worker_id = :anna and kind = :kind
                """).param("changes", changes).param("anna", anna).param("kind", kind).update())
                .rootCause().hasMessageContaining(constraint);
    }
}
