create table accounts (
    id            uuid   primary key,
    kind          text   not null,
    debits_cents  bigint not null default 0,
    credits_cents bigint not null default 0,
    -- The length of the worker's log: their transfers have the log positions 1, 2, ...
    log_length    bigint not null default 0,

    constraint kind_is_known check (kind in ('WORKER', 'TASKS', 'CASH')),
    constraint sums_are_not_negative check (debits_cents >= 0 and credits_cents >= 0)
);
-- The company's side of fees and rewards, and of payouts.
insert into accounts (id, kind) values
    ('00000000-0000-0000-0000-000000000001', 'TASKS'),
    ('00000000-0000-0000-0000-000000000002', 'CASH');

-- Every cent that ever moved. Each transfer debits one account and credits another, so nothing here can be
-- unbalanced. It references accounts without foreign keys: a posting has locked the rows of the accounts, and two
-- checks for each row would take a third of its speed.
create table transfers (
    id                   uuid        primary key,
    kind                 text        not null,
    debit_account        uuid        not null,
    credit_account       uuid        not null,
    worker_id            uuid        not null,
    cents                bigint      not null,
    business_date        date        not null,
    occurred_at          timestamptz not null,
    posted_at            timestamptz not null default now(),
    task_id              uuid,
    assignment_number    integer,
    fact_id              uuid        not null,
    corrects_transfer_id uuid,
    -- The log position, from 1 without gaps, and the worker's balance after the transfer.
    place                bigint      not null,
    balance_after_cents  bigint      not null,
    reason               text,
    corrected_by         uuid,

    constraint kind_is_known check (kind in ('FEE', 'REWARD', 'PAYOUT', 'CORRECTION')),
    constraint amount_is_positive check (cents > 0),
    -- Hundreds of times the price of any task: the company's account, which sums up to 2^63 cents, holds 92 thousand
    -- million of these. A payout is the whole balance of a worker.
    constraint amount_is_at_most_a_million_dollars check (cents <= 100000000 or kind = 'PAYOUT'),
    constraint accounts_differ check (debit_account <> credit_account),
    constraint one_side_is_the_worker check (worker_id in (debit_account, credit_account)),
    constraint fees_go_to_the_company check (kind <> 'FEE' or (debit_account = worker_id
        and credit_account = '00000000-0000-0000-0000-000000000001'
        and task_id is not null and assignment_number is not null)),
    constraint rewards_come_from_the_company check (kind <> 'REWARD' or (credit_account = worker_id
        and debit_account = '00000000-0000-0000-0000-000000000001'
        and task_id is not null and assignment_number is not null)),
    constraint payouts_go_to_cash check (kind <> 'PAYOUT' or (debit_account = worker_id
        and credit_account = '00000000-0000-0000-0000-000000000002')),
    constraint corrections_say_of_what check ((kind = 'CORRECTION') = (corrects_transfer_id is not null)),
    constraint corrections_say_why check ((kind = 'CORRECTION') = (num_nonnulls(reason, corrected_by) = 2)),
    constraint corrections_are_for_a_task check (kind <> 'CORRECTION' or task_id is not null),
    -- In code points, as the API and the pages count.
    constraint reason_has_1_to_500_characters check (char_length(reason) between 1 and 500),
    -- It refuses duplicates; the posting, and the check of the ledger, see to it that there are no gaps.
    constraint places_are_taken_once unique (worker_id, place)
);
create unique index one_fee_per_assignment on transfers (task_id, assignment_number) where kind = 'FEE';
create unique index one_reward_per_task on transfers (task_id) where kind = 'REWARD';
create unique index one_payout_per_worker_and_day on transfers (worker_id, business_date) where kind = 'PAYOUT';
create unique index one_correction_per_transfer on transfers (corrects_transfer_id) where kind = 'CORRECTION';
create index transfers_of_a_day on transfers (worker_id, business_date);

-- History is written once.
revoke update, delete, truncate on transfers from ${runtime_role};

-- A row alone does not show whether its day is open, and whether a correction mirrors the transfer that it corrects.
-- The trigger checks a batch as a whole, so that its cost does not grow with the batch.
create function check_posted_transfers() returns trigger language plpgsql as $$
declare
    refused date;
begin
    -- Waits for a transaction that closes one of these days, and keeps others from closing it.
    perform from business_days where business_date in (select business_date from posted)
      order by business_date for share;
    -- Only payouts are still dated a closed day, until it is finished.
    select min(business_date) into refused
      from (select distinct business_date, kind = 'PAYOUT' as payout from posted) dated
      left join business_days day using (business_date)
     where case when payout then day.closed_at is null or day.finished_at is not null
                else day.business_date is null or day.closed_at is not null end;
    if refused is not null then
        raise check_violation using constraint = 'transfers_are_dated_open_days',
            message = format('transfers_are_dated_open_days: %s is not open', refused);
    end if;
    if exists (select from posted correction
                where kind = 'CORRECTION' and not exists (
                    select from transfers original
                     where original.id = correction.corrects_transfer_id and original.kind in ('FEE', 'REWARD')
                       and original.worker_id = correction.worker_id and original.cents = correction.cents
                       and original.debit_account = correction.credit_account
                       and original.credit_account = correction.debit_account)) then
        raise check_violation using constraint = 'corrections_mirror_a_fee_or_reward',
            message = 'corrections_mirror_a_fee_or_reward';
    end if;
    return null;
end $$;
create trigger check_posted_transfers after insert on transfers
    referencing new table as posted for each statement execute function check_posted_transfers();

-- Transfers as their worker sees them: the change of the balance, and the kind by which a day's earnings count it. A
-- correction counts as the kind that it corrects, with the opposite sign.
create view worker_log as
    select transfers.*,
           case worker_id when credit_account then cents else -cents end as change_cents,
           case when kind <> 'CORRECTION' then kind when worker_id = credit_account then 'FEE' else 'REWARD' end
               as counts_as
      from transfers;
