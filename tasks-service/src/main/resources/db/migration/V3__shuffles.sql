create table shuffles (
    id             uuid        primary key,
    requested_by   uuid        not null,
    requested_at   timestamptz not null,
    tasks_total    bigint      not null,
    tasks_done     bigint      not null default 0,
    -- The newest task that was open then: tasks created since wait for the next shuffle. An id and not a time,
    -- because the clocks of two instances differ. Null where no task was open.
    newest_task_id uuid,
    -- The last task that was assigned: the next chunk goes on behind it.
    last_task_id   uuid        not null default '00000000-0000-0000-0000-000000000000',
    finished_at    timestamptz,
    -- The sum of the fees so far, and of a finished shuffle the number of its assignees.
    fees_cents     bigint      not null default 0,
    assignees      bigint,

    constraint no_more_done_than_total check (tasks_done <= tasks_total),
    constraint finished_shuffles_say_to_how_many check ((finished_at is not null) = (assignees is not null))
);
create index unfinished_shuffles on shuffles (id) where finished_at is null;

-- The last shuffle that each user requested, by the database's clock: a request that follows within seconds is a second
-- click.
create table latest_shuffles (
    requested_by uuid        primary key,
    shuffle_id   uuid        not null,
    requested_at timestamptz not null
);
