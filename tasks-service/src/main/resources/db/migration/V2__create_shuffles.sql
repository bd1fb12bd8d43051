create table shuffles (
    id             uuid        primary key,
    requested_by   uuid        not null,
    requested_at   timestamptz not null,
    tasks_total    bigint      not null,
    tasks_done     bigint      not null default 0,
    -- The newest task that was open then: what was created since waits for the next shuffle. An id and not a time,
    -- because the clocks of two instances differ. Null where no task was open.
    newest_task_id uuid,
    -- The last task that was dealt: the next chunk goes on behind it.
    last_task_id   uuid        not null default '00000000-0000-0000-0000-000000000000',
    finished_at    timestamptz,

    constraint no_more_done_than_total check (tasks_done <= tasks_total)
);
create index unfinished_shuffles on shuffles (id) where finished_at is null;
