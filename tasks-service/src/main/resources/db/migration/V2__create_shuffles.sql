create table shuffles (
    id           uuid        primary key,
    requested_by uuid        not null,
    requested_at timestamptz not null,
    tasks_total  bigint      not null,
    tasks_done   bigint      not null default 0,
    -- The last task that was dealt: the next chunk goes on behind it.
    last_task_id uuid,
    finished_at  timestamptz,

    constraint no_more_done_than_total check (tasks_done <= tasks_total)
);
create index unfinished_shuffles on shuffles (id) where finished_at is null;
