package com.uberpopug.ates.accounting;

import com.uberpopug.ates.accounting.ledger.CorrectTransfer;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.test.AccessMatrix;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Who may call what; in a context of its own, because it closes days. */
@ServiceTest(database = "accounting", properties = {
        "ates.price-secret=a secret of the tests, long enough", "ates.close-delay=36500d",
        "db-scheduler.polling-interval=1h"})
class AccessMatrixTests extends AccessMatrix {

    @Autowired
    Ledger ledger;
    @Autowired
    CorrectTransfer corrections;
    @Autowired
    JdbcClient db;
    @Autowired
    TransactionTemplate transaction;

    @Override
    protected String table() {
        return """
                GET  /                                 users
                GET  /statement.csv                    mine
                GET  /statement.xlsx                   mine
                GET  /transfers/{id}                   own
                GET  /accounts                         accountant, admin
                GET  /accounts/{userId}                accountant, admin
                GET  /accounts/{userId}/statement.csv  accountant, admin
                GET  /accounts/{userId}/statement.xlsx accountant, admin
                GET  /earnings                         accountant, admin
                GET  /corrections/new                  accountant, admin
                POST /corrections                      accountant, admin
                GET  /business-days                    accountant, admin
                GET  /business-days/{date}             accountant, admin
                GET  /business-days/{date}/close       accountant, admin
                POST /business-days/{date}/close       accountant, admin
                GET  /payouts                          accountant, admin
                GET  /payouts/retry                    accountant, admin
                POST /payouts/retry                    accountant, admin
                POST /payouts/{id}/retry               accountant, admin
                GET  /ledger-check                     accountant, admin
                POST /ledger-check                     accountant, admin
                GET  /api/accounts/me                  mine
                GET  /api/accounts/me/transfers        mine
                GET  /api/accounts/me/statement        mine
                GET  /api/accounts                     accountant, admin
                GET  /api/accounts/{userId}            accountant, admin
                GET  /api/accounts/{userId}/transfers  accountant, admin
                GET  /api/accounts/{userId}/statement  accountant, admin
                GET  /api/earnings                     accountant, admin
                POST /api/corrections                  accountant, admin
                GET  /api/corrections/{id}             accountant, admin
                GET  /api/business-days                accountant, admin
                GET  /api/business-days/{date}         accountant, admin
                POST /api/business-days/{date}/close   accountant, admin
                GET  /api/emails                       accountant, admin
                GET  /api/emails/{id}                  accountant, admin
                POST /api/emails/{id}/retry            accountant, admin
                POST /api/emails/retry                 accountant, admin
                GET  /api/ledger/check                 accountant, admin
                GET  /login/oauth2/code/*              protocol
                POST /login/oauth2/code/*              protocol
                """;
    }

    @Override
    protected String path(String method, String pattern, UUID owner) {
        return switch (pattern) {
            case "/corrections/new" -> pattern + "?transfer=" + transfer(owner);
            case "/api/corrections/{id}" -> pattern.replace("{id}", correction(owner).toString());
            case "/transfers/{id}" -> pattern.replace("{id}", transfer(owner).toString());
            case String email when email.contains("{id}") -> pattern.replace("{id}", email(owner).toString());
            case String day when day.contains("{date}") -> {
                transfer(owner);
                yield pattern.replace("{date}", LocalDate.now(ZoneOffset.UTC).toString());
            }
            default -> {
                if (pattern.contains("{userId}")) {
                    transfer(owner);
                }
                yield pattern.replace("*", "ates").replace("{userId}", owner.toString());
            }
        };
    }

    private UUID transfer(UUID worker) {
        var task = Ids.next();
        var now = Instant.now();
        transaction.executeWithoutResult(_ -> ledger.post(List.of(new Posting(Kind.FEE, worker, 1_000, task, 1, now,
                new Received(Ids.next(), task.toString(), 1, now, null, "the event")))));
        return db.sql("select id from transfers where task_id = ?").param(task).query(UUID.class).single();
    }

    private UUID correction(UUID worker) {
        return corrections.correct(transfer(worker), "made by a test",
                UUID.randomUUID()) instanceof CorrectTransfer.Outcome.Corrected(var id) ? id : UUID.randomUUID();
    }

    private UUID email(UUID worker) {
        var id = UUID.randomUUID();
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, status, next_attempt_at)
                values (?, ?, current_date, 1, 0, 1, 0, 'GIVEN_UP', now())
                """).params(id, worker).update();
        return id;
    }
}
