create table tasks (
    id                uuid        primary key,
    title             text        not null,
    description       text,
    status            text        not null,
    created_by        uuid        not null,
    created_at        timestamptz not null,
    fee_cents         bigint,
    amount_cents      bigint,
    assignee_id       uuid,
    -- How often the task was assigned; assignments are numbered by it from 1.
    assignment_number integer     not null default 0,
    assigned_at       timestamptz,
    completed_at      timestamptz,
    -- How many facts about the task were announced; each carries its number.
    facts             bigint      not null,
    version           bigint      not null,
    priced_at         timestamptz,
    title_folded      text        not null generated always as (folded(title)) stored,

    -- In code points, as the API and the pages count.
    constraint title_has_1_to_200_characters check (char_length(title) between 1 and 200),
    constraint description_has_at_most_10000_characters check (char_length(description) <= 10000),
    constraint status_is_known check (status in ('NEW', 'READY', 'ASSIGNED', 'COMPLETED')),
    constraint price_is_positive check (fee_cents > 0 and amount_cents > 0),
    constraint price_is_known_unless_new check ((status = 'NEW') = (fee_cents is null)
                                            and (status = 'NEW') = (amount_cents is null)),
    constraint assignee_is_known_once_assigned check ((status in ('ASSIGNED', 'COMPLETED')) = (assignee_id is not null)
                                                  and (assignee_id is null) = (assignment_number = 0)
                                                  and (assignee_id is null) = (assigned_at is null)),
    constraint completed_tasks_say_when check ((status = 'COMPLETED') = (completed_at is not null))
);
create index new_tasks on tasks (id) where status = 'NEW';
create index open_tasks on tasks (id) where status in ('READY', 'ASSIGNED');
-- One index for a popug's open and completed tasks: a second one would cost each shuffle another write per task.
create index tasks_of_assignee on tasks (assignee_id, status, id) where assignee_id is not null;

create table assignments (
    task_id     uuid        not null references tasks,
    number      integer     not null,
    assignee_id uuid        not null,
    assigned_at timestamptz not null,
    shuffle_id  uuid,
    primary key (task_id, number),
    constraint a_shuffle_deals_a_task_once unique (shuffle_id, task_id)
);
