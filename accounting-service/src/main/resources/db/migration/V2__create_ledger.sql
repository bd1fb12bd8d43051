create table business_days (
    business_date date primary key,
    -- Postings hold the row "for share", closing takes it "for update": nothing is posted to a day once it is closed.
    closed_at     timestamptz
);

create table accounts (
    id            uuid   primary key,
    kind          text   not null,
    debits_cents  bigint not null default 0,
    credits_cents bigint not null default 0,
    -- How long the worker's log is: their transfers have the places 1, 2, ...
    log_length    bigint not null default 0,

    constraint kind_is_known check (kind in ('WORKER', 'TASKS', 'CASH')),
    constraint sums_are_not_negative check (debits_cents >= 0 and credits_cents >= 0)
);
-- The company's side of fees and rewards, and of payouts.
insert into accounts (id, kind) values
    ('00000000-0000-0000-0000-000000000001', 'TASKS'),
    ('00000000-0000-0000-0000-000000000002', 'CASH');

-- Every cent that ever moved. Each transfer debits one account and credits another, so nothing here can be unbalanced.
-- It references accounts without foreign keys: a posting holds the locked account rows in its hands, and two checks for
-- each row would take a third of its speed.
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
    -- The transfer's place in its worker's log, from 1 without gaps, and the worker's balance after it.
    place                bigint      not null,
    balance_after_cents  bigint      not null,

    constraint kind_is_known check (kind in ('FEE', 'REWARD', 'PAYOUT', 'CORRECTION')),
    constraint amount_is_positive check (cents > 0),
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
    constraint logs_have_no_gaps unique (worker_id, place)
);
create unique index one_fee_per_assignment on transfers (task_id, assignment_number) where kind = 'FEE';
create unique index one_reward_per_task on transfers (task_id) where kind = 'REWARD';
create unique index one_payout_per_worker_and_day on transfers (worker_id, business_date) where kind = 'PAYOUT';
create unique index one_correction_per_transfer on transfers (corrects_transfer_id) where kind = 'CORRECTION';
create index transfers_of_a_day on transfers (worker_id, business_date);

-- History is written once.
revoke update, delete, truncate on transfers from ${runtime_role};

-- What managers earned: the fees minus the rewards of a business date, and of how many transfers that is the sum.
create table earnings (
    business_date date   primary key,
    earned_cents  bigint not null,
    transfers     bigint not null
);
