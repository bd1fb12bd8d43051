-- What a shuffle has charged so far, and once it is finished, to how many.
alter table shuffles
    add column fees_cents bigint not null default 0,
    add column assignees  bigint;
update shuffles
   set fees_cents = dealt.fees_cents, assignees = case when finished_at is not null then dealt.assignees end
  from (select shuffle_id, sum(fee_cents) as fees_cents, count(distinct assignments.assignee_id) as assignees
          from assignments join tasks on tasks.id = task_id group by shuffle_id) dealt
 where shuffles.id = dealt.shuffle_id;
update shuffles set assignees = 0 where finished_at is not null and assignees is null;
alter table shuffles add constraint finished_shuffles_say_to_how_many
    check ((finished_at is not null) = (assignees is not null));

-- The last shuffle that each user requested, by the database's clock: one that follows within seconds is a second click.
create table latest_shuffles (
    requested_by uuid        primary key,
    shuffle_id   uuid        not null,
    requested_at timestamptz not null
);
