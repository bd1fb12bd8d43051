package com.uberpopug.ates.accounting.closing;

import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Workers who complete tasks for a fee of 10 and a reward of 30 dollars each, and their ledger entries. */
record Earners(Ledger ledger, JdbcClient db, TransactionTemplate transaction) {

    static final long NET_CENTS = 2_000;

    /** Assigns a task to each worker and completes it, at this instant. */
    void earn(Instant at, UUID... workers) {
        var postings = new ArrayList<Posting>();
        for (var worker : workers) {
            var task = Ids.next();
            db.sql("insert into prices (task_id, fee_cents, amount_cents, drawn_at) values (?, 1000, 3000, now())")
                    .param(task).update();
            postings.add(posting(Kind.FEE, worker, 1_000, task, at));
            postings.add(posting(Kind.REWARD, worker, 3_000, task, at));
        }
        transaction.executeWithoutResult(_ -> ledger.post(postings));
    }

    private static Posting posting(Kind kind, UUID worker, long cents, UUID task, Instant at) {
        return new Posting(kind, worker, cents, task, 1, at,
                new Received(Ids.next(), task.toString(), 1, at, null, "the event"));
    }

    /** A worker's log as text, such as {@code 2026-11-22 REWARD 3000}, in the order of posting. */
    List<String> log(UUID worker) {
        return db.sql(
                "select business_date || ' ' || kind || ' ' || cents from transfers where worker_id = ? order by place")
                .param(worker).query(String.class).list();
    }

    /** A worker's payouts as text, such as {@code 2026-11-22 2000}, in the order of posting. */
    List<String> payouts(UUID worker) {
        return db
                .sql("""
                        select business_date || ' ' || cents from transfers where worker_id = ? and kind = 'PAYOUT' order by place
                        """)
                .param(worker).query(String.class).list();
    }

    boolean isFinished(LocalDate date) {
        return db.sql("select exists (select from business_days where business_date = ? and finished_at is not null)")
                .param(date).query(Boolean.class).single();
    }
}
