package com.uberpopug.ates.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.accounting.ledger.Accounts;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.test.HandlerMatrix;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Rules of every handler, in the API and in the pages. */
@AccountingTest
class HandlerTests {

    @Autowired
    ApplicationContext service;
    @Autowired
    Accounts accounts;
    @Autowired
    Ledger ledger;
    @Autowired
    CorrectTransfer correctTransfer;
    @Autowired
    TransactionTemplate transaction;
    @Autowired
    JdbcClient db;

    @Test
    void forbidden_caller_is_refused_whatever_else_is_wrong_with_the_request() throws Exception {
        assertThat(HandlerMatrix.of(service).breaches()).isEmpty();
    }

    @Test
    void text_that_cannot_be_stored_is_no_error_of_the_server() throws Exception {
        assertThat(HandlerMatrix.of(service).serverErrors()).isEmpty();
    }

    @Test
    void head_is_answered_like_get_and_ends_at_once() throws Exception {
        assertThat(HandlerMatrix.of(service).headsThatDiffer()).isEmpty();
    }

    @Test
    void old_sign_in_is_sent_to_sign_in_again_before_money_moves_or_data_is_lost() throws Exception {
        assertThat(HandlerMatrix.of(service).staleSignIns()).isEmpty();
    }

    @Test
    void every_other_change_by_officials_is_one_that_an_old_sign_in_may_do() {
        assertThat(HandlerMatrix.of(service).changesWithoutNewSignIn()).containsExactly(
                "POST /api/emails/retry", "POST /api/emails/{id}/retry", "POST /ledger-check", "POST /payouts/retry",
                "POST /payouts/{id}/retry");
    }

    @Test
    void id_of_anothers_thing_is_answered_as_an_unknown_one() throws Exception {
        var worker = Ids.next();
        var task = Ids.next();
        var now = Instant.now();
        accounts.open(List.of(worker));
        transaction.executeWithoutResult(_ -> ledger.post(List.of(new Posting(Kind.FEE, worker, 1_200, task, 1, now,
                new Received(Ids.next(), task.toString(), 1, now, null, "the event")))));
        var fee = db.sql("select id from transfers where task_id = ?").param(task).query(UUID.class).single();
        var correction = switch (correctTransfer.correct(fee, "A slip", Ids.next())) {
            case CorrectTransfer.Outcome.Corrected(var id) -> id;
            case CorrectTransfer.Outcome other -> throw new IllegalStateException(other.toString());
        };
        var email = Ids.next();
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, status, attempts, next_attempt_at, last_error)
                values (?, ?, '2026-01-01', 1234, 0, 1234, 0, 'GIVEN_UP', 3, now(), 'No mailbox')
                """).params(email, worker).update();
        assertThat(HandlerMatrix.of(service).handlersThatShowWhatIsAnothers(path -> switch (path) {
            case "/transfers/{id}", "/corrections/new" -> fee.toString();
            case "/api/corrections/{id}" -> correction.toString();
            case "/api/emails/{id}", "/api/emails/{id}/retry", "/payouts/{id}/retry" -> email.toString();
            case String any when any.contains("{userId}") -> worker.toString();
            case String any when any.contains("{date}") -> LocalDate.ofInstant(now, ZoneOffset.UTC).toString();
            default -> HandlerMatrix.deadLetterFor(path);
        })).isEmpty();
    }
}
