-- One row is a requested rebuild of the projections.
create table rebuilds (
    id            uuid        primary key,
    requested_by  uuid        not null,
    requested_at  timestamptz not null,
    state         text        not null,
    started_at    timestamptz,
    records_read  bigint      not null default 0,
    records_total bigint      not null default 0,
    dead_letters  bigint      not null default 0,
    failures      bigint      not null default 0,
    rows_changed  bigint,
    problem       text,
    finished_at   timestamptz,
    constraint state_is_known check (state in ('REQUESTED', 'READING', 'WAITING', 'SWITCHED', 'FAILED')),
    constraint finished_rebuild_has_ended check ((finished_at is null) = (state not in ('SWITCHED', 'FAILED')))
);
create unique index one_rebuild_at_a_time on rebuilds ((true)) where finished_at is null;
create index rebuilds_by_request on rebuilds (requested_at);

-- Tables like the serving ones, under the same names, so that the same SQL fills them once the search path begins with
-- this schema. A migration that alters a projection alters both. They are unlogged: what a crash of the server empties is
-- built again.
create schema rebuilding;
grant usage on schema rebuilding to ${runtime_role};
create unlogged table rebuilding.closed_days (like closed_days including all);
create unlogged table rebuilding.earnings (like earnings including all);
create unlogged table rebuilding.tasks (like tasks including all);
create unlogged table rebuilding.corrected_transfers (like corrected_transfers including all);
create unlogged table rebuilding.balances (like balances including all);
create unlogged table rebuilding.daily_balances (like daily_balances including all);
create unlogged table rebuilding.below_zero_changes (like below_zero_changes including all);

-- Whose rows these tables hold: the attempt that locks its row writes them, and none that lacks it, after a crash of the
-- server or because another attempt has begun.
create unlogged table rebuilding.attempt (
    id uuid primary key
);
grant select, insert, update, delete, truncate on all tables in schema rebuilding to ${runtime_role};
