-- All of these can be emptied, the inbox and the users with them, and come back from the topics.

create table closed_days (
    business_date date primary key
);

create table earnings (
    business_date date   primary key,
    sequence      bigint not null,
    earned_cents  bigint not null
);

-- The first fact about a task inserts the row, whichever fact that is.
create table tasks (
    task_id            uuid primary key,
    title              text,
    assignee_id        uuid,
    completed_at       timestamptz,
    reward_transfer_id uuid,
    amount_cents       bigint,
    business_date      date,
    constraint completion_is_whole check (num_nulls(assignee_id, completed_at) in (0, 2)),
    constraint reward_is_whole check (num_nulls(reward_transfer_id, amount_cents, business_date) in (0, 3))
);
create index tasks_by_date_most_expensive_first on tasks (business_date, amount_cents desc, completed_at, task_id)
    where completed_at is not null;

-- A correction may arrive before the transfer that it corrects.
create table corrected_transfers (
    transfer_id uuid primary key
);

-- The log positions of a worker that are in the projections: a single range, unless a position is still to come.
create table balances (
    worker_id     uuid           primary key,
    counted       int8multirange not null default '{}',
    balance_cents bigint         not null default 0
);

-- The balance at the end of a date, by the transfers that are dated up to it; a date without transfers has no row.
create table daily_balances (
    worker_id     uuid   not null,
    business_date date   not null,
    balance_cents bigint not null,
    primary key (worker_id, business_date)
);

-- How many workers more (or less) are below zero at the end of a date than at the end of the one before.
create table below_zero_changes (
    business_date date    primary key,
    workers       integer not null
);
