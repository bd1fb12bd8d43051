-- What a popug has and had. It takes the place of one for what they have, so a shuffle writes no more than before.
drop index tasks_of_assignee;
create index tasks_of_assignee on tasks (assignee_id, status, id) where assignee_id is not null;
create index new_tasks on tasks (id) where status = 'NEW';
