-- The results of the nightly checks of the ledger.
create table ledger_checks (
    checked_at   timestamptz primary key,
    differences  integer     not null,
    not_compared text
);

-- The fees and rewards that a check re-reads from the topics. A check rolls its rows back, so no check sees
-- another's, and none are missed after a crash. The kind is null where an event could not be read.
create unlogged table told_events (
    place             text    not null,
    is_consumed       boolean not null,
    is_set_aside      boolean not null,
    fact_id           uuid,
    kind              text,
    worker_id         uuid,
    cents             bigint,
    task_id           uuid,
    assignment_number integer,
    occurred_at       timestamptz,
    -- Whether an admin has discarded the dead letter.
    is_discarded      boolean not null default false
);
