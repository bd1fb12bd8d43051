package com.uberpopug.ates.accounting.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.platform.Ids;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** However events are cut into batches and repeated, the books come out the same. */
@AccountingTest
class RandomSequencesTests {

    private static final int SEEDS = 100;
    private static final int EVENTS = 60;

    @Autowired
    private Ledger ledger;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    @Test
    void the_books_do_not_depend_on_batches_and_duplicates() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            check(seed);
        }
        assertThat(differences()).as("differences in the books").isEmpty();
    }

    private void check(long seed) {
        var random = new Random(seed);
        var workers = List.of(Ids.next(), Ids.next(), Ids.next());
        var events = events(random, workers);
        deliver(random, events);

        var expected = new HashMap<UUID, Long>();
        events.forEach(event -> expected.merge(event.workerId(),
                event.kind() == Kind.FEE ? -event.cents() : event.cents(), Long::sum));
        workers.forEach(worker -> {
            assertThat(balance(worker)).as("balance, seed %d", seed).isEqualTo(expected.getOrDefault(worker, 0L));
            assertThat(brokenLines(worker)).as("broken lines of the log, seed %d", seed).isZero();
        });
    }

    private static List<Posting> events(Random random, List<UUID> workers) {
        var events = new ArrayList<Posting>();
        var now = Instant.now();
        while (events.size() < EVENTS) {
            var id = Ids.next();
            int assignments = 1 + random.nextInt(4);
            long fee = 100L * (10 + random.nextInt(11));
            for (int number = 1; number <= assignments; number++) {
                var worker = workers.get(random.nextInt(workers.size()));
                var at = now.minus(random.nextInt(4), ChronoUnit.DAYS);
                events.add(Postings.fee(worker, fee, id, number, at));
                if (number == assignments && random.nextBoolean()) {
                    events.add(Postings.reward(worker, 2 * fee, id, number, at));
                }
            }
        }
        return events;
    }

    /** Sends all events in order, in batches of 1 to 20, now and then some of the earlier ones again. */
    private void deliver(Random random, List<Posting> events) {
        int sent = 0;
        while (sent < events.size()) {
            int end = Math.min(events.size(), sent + 1 + random.nextInt(20));
            var batch = new ArrayList<>(events.subList(random.nextInt(4) == 0 ? random.nextInt(sent + 1) : sent, end));
            if (random.nextInt(4) == 0) {
                batch.addAll(events.subList(0, end));
            }
            transaction.executeWithoutResult(_ -> ledger.post(batch));
            sent = end;
        }
    }

    private long balance(UUID worker) {
        return db.sql("select coalesce(sum(credits_cents - debits_cents), 0) from accounts where id = ?").param(worker)
                .query(Long.class).single();
    }

    /** Lines whose place or balance does not follow from the line before. */
    private long brokenLines(UUID worker) {
        return db.sql("""
                select count(*) from (
                    select place, balance_after_cents, case kind when 'FEE' then -cents else cents end as change,
                           lag(place, 1, 0::bigint) over log as place_before,
                           lag(balance_after_cents, 1, 0::bigint) over log as balance_before
                      from transfers where worker_id = ? window log as (order by place)
                ) line where place <> place_before + 1 or balance_after_cents <> balance_before + change
                """).param(worker).query(Long.class).single();
    }

    /** What the transfers say, against what accounts and earnings say. */
    private List<String> differences() {
        return db
                .sql("""
                        select 'account ' || id from accounts
                          left join (select credit_account as id, sum(cents) as cents from transfers group by 1) credits using (id)
                          left join (select debit_account as id, sum(cents) as cents from transfers group by 1) debits using (id)
                         where credits_cents <> coalesce(credits.cents, 0) or debits_cents <> coalesce(debits.cents, 0)
                        union all
                        select 'earnings of ' || business_date from earnings
                          full join (select business_date, count(*) as transfers,
                                            sum(case kind when 'FEE' then cents else -cents end) as earned_cents
                                       from transfers group by 1) posted using (business_date)
                         where earnings.earned_cents is distinct from posted.earned_cents
                            or earnings.transfers is distinct from posted.transfers
                        """)
                .query(String.class).list();
    }
}
