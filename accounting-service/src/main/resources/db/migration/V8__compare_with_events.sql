-- What a check of the ledger is told again of fees and rewards. A check rolls its rows back, so that none sees another's,
-- and nobody misses them after a crash. The kind is null where an event could not be read.
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
    occurred_at       timestamptz
);
alter table ledger_checks add column not_compared text;
