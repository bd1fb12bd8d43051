package com.uberpopug.ates.accounting.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.PayWorkers;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.accounting.price.PricedTasks;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.CorrectedKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.transaction.support.TransactionTemplate;

@AccountingTest
class CorrectionTests {

    private final UUID anna = Ids.next();
    private UUID task = Ids.next();
    private final UUID accountant = Ids.next();

    @Autowired
    private MockMvcTester http;

    @Autowired
    private Events events;

    @Autowired
    private JdbcClient db;

    @Autowired
    private Ledger ledger;

    @Autowired
    private PayWorkers payWorkers;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void corrected_fee_is_credited() {
        var fee = charged(1_200);
        long earned = earned();

        assertThat(correct(fee, "Nobody could have done it")).hasStatus(HttpStatus.CREATED).bodyJson()
                .hasPath("id").extractingPath("change_cents").isEqualTo(1_200);

        assertThat(log()).containsExactly("1 FEE -1200 -> -1200", "2 CORRECTION 1200 -> 0");
        assertThat(earned()).isEqualTo(earned - 1_200);
        var announced = events.await(UserBalanceChanged.class, anna);
        assertThat(announced.getKind()).isEqualTo(BalanceChangeKind.CORRECTION);
        assertThat(announced.getCorrectsTransferId()).isEqualTo(fee);
        assertThat(announced.getCorrectsKind()).isEqualTo(CorrectedKind.FEE);
        assertThat(announced.getTaskId()).isEqualTo(task);
        assertThat(announced.getChangeCents()).isEqualTo(1_200);
        assertThat(announced.getBalanceAfterCents()).isZero();
    }

    @Test
    void corrected_reward_is_charged() {
        var reward = rewarded(3_000);
        long earned = earned();

        correct(reward, "Somebody else did it");

        assertThat(log()).containsExactly("1 REWARD 3000 -> 3000", "2 CORRECTION -3000 -> 0");
        assertThat(earned()).isEqualTo(earned + 3_000);
        var announced = events.await(UserBalanceChanged.class, anna, 2).getLast();
        assertThat(announced.getCorrectsTransferId()).isEqualTo(reward);
        assertThat(announced.getCorrectsKind()).isEqualTo(CorrectedKind.REWARD);
        assertThat(announced.getChangeCents()).isEqualTo(-3_000);
    }

    @Test
    void correction_is_one_entry_of_the_security_log_and_a_refused_one_is_none() {
        var fee = charged(1_200);
        correct(fee, "A slip");
        assertThat(correct(fee, "A slip")).hasStatus(HttpStatus.CONFLICT);

        assertThat(events.awaitSecurity(entry -> anna.equals(entry.getUserId()))).singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getKind()).isEqualTo("TRANSFER_CORRECTED");
                    assertThat(entry.getOutcome()).isEqualTo("DONE");
                    assertThat(entry.getService()).isEqualTo("accounting-service");
                    assertThat(entry.getActorId()).isEqualTo(accountant);
                    assertThat(entry.getSubject()).isEqualTo(fee.toString());
                    assertThat(entry.getAddress()).isEqualTo("127.0.0.1");
                });
    }

    @Test
    void correction_has_a_reason_and_an_author() {
        var fee = charged(1_000);
        var location = correct(fee, "  A slip \uD83E\uDD9C ").getResponse().getHeader("Location");

        var found = get(location, Role.ADMIN);
        assertThat(found).hasStatusOk().bodyJson().extractingPath("reason").isEqualTo("A slip \uD83E\uDD9C");
        assertThat(found).bodyJson().extractingPath("corrected_by").isEqualTo(accountant.toString());
        assertThat(found).bodyJson().extractingPath("corrects_transfer_id").isEqualTo(fee.toString());
        assertThat(get(location, Role.POPUG)).hasStatus(HttpStatus.FORBIDDEN);
        assertThat(get("/api/corrections/" + fee, Role.ADMIN)).hasStatus(HttpStatus.NOT_FOUND);
    }

    @Test
    void both_log_lines_refer_to_each_other_and_today_adds_up_to_zero() {
        var fee = charged(1_200);
        correct(fee, "A slip");
        var correction = transfer("CORRECTION");

        assertThat(get("/api/accounts/" + anna + "/transfers", Role.ADMIN)).bodyJson().isLenientlyEqualTo(
                """
                        {"items": [{"id": "%2$s", "kind": "CORRECTION", "corrects_transfer_id": "%1$s", "correction_reason": "A slip"},
                                   {"id": "%1$s", "kind": "FEE", "corrected_by_transfer_id": "%2$s", "correction_reason": "A slip"}]}
                        """
                        .formatted(fee, correction));
        assertThat(get("/api/accounts/" + anna, Role.ADMIN)).bodyJson().isLenientlyEqualTo("""
                {"balance_cents": 0, "today": {"fees_cents": 0, "rewards_cents": 0}}
                """);
    }

    @Test
    void concurrent_requests_correct_a_transfer_once() throws InterruptedException {
        var fee = charged(1_000);
        var results = IntStream.range(0, 6).mapToObj(_ -> new MvcTestResult[1]).toList();
        var all = new CountDownLatch(results.size());
        var threads = results.stream().map(result -> Thread.startVirtualThread(() -> {
            all.countDown();
            try {
                all.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            result[0] = correct(fee, "A slip");
        })).toList();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(results).extracting(result -> result[0].getResponse().getStatus())
                .containsOnlyOnce(201).containsOnly(201, 409);
        assertThat(log()).hasSize(2);
    }

    @Test
    void corrections_and_unknown_transfers_cannot_be_corrected() {
        correct(charged(1_000), "A slip");
        var correction = transfer("CORRECTION");

        assertThat(correct(correction, "A slip")).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(correct(Ids.next(), "A slip")).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(log()).hasSize(2);
    }

    @Test
    void payout_cannot_be_corrected() {
        rolledBack(() -> {
            ledger.post(List.of(posting(Kind.REWARD, 3_000, task)));
            var date = db.sql("select business_date from transfers where worker_id = ?").param(anna)
                    .query(LocalDate.class).single();
            db.sql("update business_days set closed_at = now(), finished_at = now() where business_date < ?")
                    .param(date).update();
            db.sql("update business_days set closed_at = now() where business_date = ?").param(date).update();
            payWorkers.payNext(date, before(anna), Instant.now());
            assertThat(correct(transfer("PAYOUT"), "A slip")).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT).bodyJson()
                    .extractingPath("errors[0].message").asString().startsWith("is a PAYOUT");
            assertThat(log()).hasSize(2);
        });
    }

    /** The worker's account, and the company's. */
    @ParameterizedTest
    @ValueSource(strings = {"WORKER", "TASKS"})
    void correction_that_overflows_an_account_is_refused(String kind) {
        rolledBack(() -> {
            ledger.post(List.of(posting(Kind.FEE, 1_000, task), posting(Kind.REWARD, 2_000, task)));
            db.sql("""
                    update accounts set debits_cents = :sum, credits_cents = :sum
                     where kind = :kind and (kind = 'TASKS' or id = :anna)
                    """).param("sum", Long.MAX_VALUE - 500).param("kind", kind).param("anna", anna).update();
            assertThat(correct(transfer("FEE"), "A slip")).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT).bodyJson()
                    .extractingPath("errors[0].message").isEqualTo("would overflow the account");
            assertThat(log()).hasSize(2);
        });
    }

    /** MockMvc handles the request in the calling thread, and so in its transaction. */
    private void rolledBack(Runnable test) {
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            test.run();
        });
    }

    private Posting posting(Kind kind, long cents, UUID task) {
        return new Posting(kind, anna, cents, task, 1, Instant.now(),
                new Received(Ids.next(), task.toString(), 1, Instant.now(), null, "the event"));
    }

    private static UUID before(UUID id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits() - 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"transfer_id": "FEE"}                                 | 422
            {"transfer_id": "FEE", "reason": " "}                  | 422
            {"transfer_id": "FEE", "reason": "a\\u0000"}           | 422
            {"transfer_id": "fee", "reason": "A slip"}             | 422
            {"transfer_id": "FEE", "reason": "A slip", "cents": 1} | 422
            {"reason": "A slip"}                                   | 422
            {"transfer_id": "FEE", "reason": "A slip"              | 400
            """)
    void invalid_correction_is_refused(String body, int status) {
        var fee = charged(1_000);
        assertThat(post(body.replace("FEE", fee.toString()), Role.ACCOUNTANT)).hasStatus(status);
        assertThat(log()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"POPUG, 403", "MANAGER, 403", "ADMIN, 201"})
    void only_accountants_and_admins_correct(Role role, int status) {
        assertThat(post(body(charged(1_000), "A slip"), role)).hasStatus(status);
    }

    private UUID charged(long cents) {
        task = PricedTasks.ofFee(cents);
        return posted(new TaskAssigned(task, anna, 1, cents, Instant.now(), null, Amounts.CURRENCY));
    }

    private UUID rewarded(long cents) {
        task = PricedTasks.ofReward(cents);
        return posted(new TaskCompleted(task, anna, 1, cents, Instant.now(), Amounts.CURRENCY));
    }

    private UUID posted(SpecificRecord event) {
        events.send(Fact.of(Ids.next(), task, 1, Instant.now(), event));
        return await().until(
                () -> db.sql("select id from transfers where worker_id = ?").param(anna).query(UUID.class).optional(),
                Optional::isPresent).orElseThrow();
    }

    private MvcTestResult correct(UUID transfer, String reason) {
        return post(body(transfer, reason), Role.ACCOUNTANT);
    }

    private static String body(UUID transfer, String reason) {
        return """
                {"transfer_id": "%s", "reason": "%s"}""".formatted(transfer, reason);
    }

    private MvcTestResult post(String body, Role role) {
        return http.post().uri("/api/corrections").header("Authorization", "Bearer " + Tokens.of(accountant, role))
                .contentType(MediaType.APPLICATION_JSON).content(body).exchange();
    }

    private MvcTestResult get(String uri, Role role) {
        return http.get().uri(uri).header("Authorization", "Bearer " + Tokens.of(accountant, role)).exchange();
    }

    private UUID transfer(String kind) {
        return db.sql("select id from transfers where worker_id = ? and kind = ?").params(anna, kind)
                .query(UUID.class).single();
    }

    private List<String> log() {
        return db.sql("""
                select place || ' ' || kind || ' ' || change_cents || ' -> ' || balance_after_cents
                  from worker_log where worker_id = ? order by place
                """).param(anna).query(String.class).list();
    }

    private long earned() {
        return db.sql("select coalesce(sum(earned_cents), 0) from earnings where business_date = ?")
                .param(LocalDate.now(ZoneOffset.UTC)).query(Long.class).single();
    }
}
