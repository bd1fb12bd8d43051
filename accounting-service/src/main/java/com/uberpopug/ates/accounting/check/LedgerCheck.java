package com.uberpopug.ates.accounting.check;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Recomputes from the transfers alone what accounts, logs, earnings and business days say, and names every difference.
 * It sees the ledger as it was at one moment, and is in nobody's way.
 */
@Component
public class LedgerCheck {

    /** Enough to see what is wrong; a thousand differences have one cause. */
    private static final int MAX_DIFFERENCES = 1_000;

    /** An account's sums are those of the transfers that debit and credit it. */
    private static final String ACCOUNTS = """
            select 'ACCOUNT_TOTAL' as rule, id::text as subject,
                   format('debits %s, credits %s', debits.cents, credits.cents) as expected,
                   format('debits %s, credits %s', debits_cents, credits_cents) as actual
              from accounts
              full join (select debit_account as id, sum(cents) as cents from transfers group by 1) debits using (id)
              full join (select credit_account as id, sum(cents) as cents from transfers group by 1) credits using (id)
             where debits_cents is distinct from coalesce(debits.cents, 0)
                or credits_cents is distinct from coalesce(credits.cents, 0)
            """;

    /** A worker's log has no gaps, is as long as the account says, and each balance follows from the one before. */
    private static final String LOGS = """
            select 'LOG_LENGTH' as rule, id::text as subject, coalesce(log.transfers, 0)::text as expected,
                   log_length::text as actual
              from accounts
              full join (select worker_id as id, count(*) as transfers from transfers group by 1) log using (id)
             where log_length is distinct from coalesce(log.transfers, 0)
            """;

    private static final String LINES = """
            select 'LOG_LINE' as rule, id::text as subject,
                   format('place %s, balance %s', place_before + 1, balance_before + change_cents) as expected,
                   format('place %s, balance %s', place, balance_after_cents) as actual
              from (select id, place, balance_after_cents, change_cents,
                           lag(place, 1, 0::bigint) over log as place_before,
                           lag(balance_after_cents, 1, 0::bigint) over log as balance_before
                      from worker_log window log as (partition by worker_id order by place)) line
             where place <> place_before + 1 or balance_after_cents <> balance_before + change_cents
            """;

    /** What managers earned on a date is the task money of that date, with the popugs' signs turned round. */
    private static final String EARNINGS = """
            select 'EARNINGS' as rule, business_date::text as subject,
                   format('%s in %s transfers', posted.earned_cents, posted.transfers) as expected,
                   format('%s in %s transfers', earnings.earned_cents, earnings.transfers) as actual
              from earnings
              full join (select business_date, count(*) as transfers, -sum(change_cents) as earned_cents
                           from worker_log where kind <> 'PAYOUT' group by 1) posted using (business_date)
             where earnings.earned_cents is distinct from posted.earned_cents
                or earnings.transfers is distinct from posted.transfers
            """;

    /** A day tells of its payouts what they add up to. */
    private static final String PAYOUTS = """
            select 'PAYOUTS' as rule, business_date::text as subject,
                   format('%s in %s payouts', coalesce(paid.cents, 0), coalesce(paid.payouts, 0)) as expected,
                   format('%s in %s payouts', day.paid_cents, day.payouts) as actual
              from business_days day
              full join (select business_date, count(*) as payouts, sum(cents) as cents
                           from transfers where kind = 'PAYOUT' group by 1) paid using (business_date)
             where day.paid_cents is distinct from coalesce(paid.cents, 0)
                or day.payouts is distinct from coalesce(paid.payouts, 0)
            """;

    /** After a finished day's payout nobody is owed anything for it: the changes dated up to it add up to no more than 0. */
    private static final String OWED = """
            select 'OWED' as rule, format('%s, %s', worker_id, business_date) as subject, 'nothing' as expected,
                   balance_cents::text as actual
              from (select worker_id, business_date,
                           sum(sum(change_cents)) over (partition by worker_id order by business_date) as balance_cents
                      from worker_log group by worker_id, business_date) at_end
             where balance_cents > 0
               and exists (select from business_days
                            where business_date >= at_end.business_date and finished_at is not null)
            """;

    /** A task's fees and rewards are what was announced as its price, and whoever is rewarded was charged before. */
    private static final String PRICES = """
            select 'PRICE' as rule, transfers.id::text as subject,
                   (case kind when 'FEE' then fee_cents else amount_cents end)::text as expected,
                   cents::text as actual
              from transfers left join prices using (task_id)
             where kind in ('FEE', 'REWARD')
               and cents is distinct from case kind when 'FEE' then fee_cents else amount_cents end
            """;

    private static final String REWARDS = """
            select 'REWARD_WITHOUT_FEE' as rule, reward.id::text as subject,
                   format('a fee of assignment %s', assignment_number) as expected, null as actual
              from transfers reward
             where kind = 'REWARD'
               and not exists (select from transfers fee
                                where fee.kind = 'FEE' and fee.task_id = reward.task_id
                                  and fee.assignment_number = reward.assignment_number
                                  and fee.worker_id = reward.worker_id)
            """;

    private final JdbcClient db;

    LedgerCheck(JdbcClient db) {
        this.db = db;
    }

    /**
     * Something that is not as it follows from the transfers.
     *
     * @param rule     which rule is broken
     * @param subject  the account, transfer, date or task
     * @param expected what follows from the transfers; null where nothing should be there
     * @param actual   what is there; null where nothing is
     */
    public record Difference(@Schema(example = "ACCOUNT_TOTAL") String rule,
            @Schema(example = "019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d") String subject,
            @Schema(example = "debits 3000, credits 2700") @Nullable String expected,
            @Schema(example = "debits 3000, credits 2800") @Nullable String actual) {
    }

    /** The differences, at most 1,000 of each rule; none is the proof. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public List<Difference> run() {
        return Stream.of(ACCOUNTS, LOGS, LINES, EARNINGS, PAYOUTS, OWED, PRICES, REWARDS)
                .flatMap(rule -> db.sql(rule + " limit " + MAX_DIFFERENCES).query(Difference.class).list().stream())
                .toList();
    }
}
