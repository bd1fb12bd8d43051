-- Everything here can be emptied, the inbox with it, and comes back from the topics.

create table users (
    user_id  uuid    primary key,
    sequence bigint  not null,
    role     text    not null,
    active   boolean not null
);

create table closed_days (
    business_date date primary key
);

create table earnings (
    business_date date   primary key,
    sequence      bigint not null,
    earned_cents  bigint not null
);

-- A row appears with whichever fact is heard first.
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

-- A correction may be heard before what it corrects.
create table corrected_transfers (
    transfer_id uuid primary key
);

-- The places of a worker's log that are in the projections: a single range, unless one is still to come.
create table balances (
    worker_id     uuid           primary key,
    counted       int8multirange not null default '{}',
    balance_cents bigint         not null default 0
);

-- The balance at the end of a date, by what is dated up to it; a date on which nothing moved has no row.
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
