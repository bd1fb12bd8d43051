-- What each consumer has set aside, so that a batch that comes again does not set it aside again, and what was decided of
-- it. Rows live 40 days: letters live 30, and the last ones go with their segment of the topic, up to a week later.
create table dead_letters (
    consumer     text        not null,
    -- Names the record that was set aside: where it lies, and since when.
    place        uuid        not null,
    -- The fact that it is about; null where it does not say.
    fact_id      uuid,
    set_aside_at timestamptz not null default now(),
    discarded_at timestamptz,
    discarded_by uuid,
    primary key (consumer, place),

    constraint discarded_letters_say_by_whom check ((discarded_at is null) = (discarded_by is null))
);

-- They were kept among the facts before, under a name of their own.
insert into dead_letters (consumer, place, set_aside_at)
select left(consumer, -4), fact_id, received_at from inbox where consumer like '%.dlt';
delete from inbox where consumer like '%.dlt';
