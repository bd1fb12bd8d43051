-- Records that a consumer could not apply for their content, so that each can be replayed. Rows live 30 days. The row
-- of a discarded record stays for ever, without the record.
create table dead_letters (
    consumer       text        not null,
    -- Computed from the record's position and timestamp.
    place          uuid        not null,
    -- Null where the record does not name its fact.
    fact_id        uuid,
    set_aside_at   timestamptz not null default now(),
    discarded_at   timestamptz,
    discarded_by   uuid,
    id             bigint generated always as identity,
    topic          text,
    partition      integer,
    record_offset  bigint,
    record_millis  bigint,
    key            bytea,
    value          bytea,
    -- In their order; a name may come again, a value may be null.
    header_names   bytea[],
    header_values  bytea[],
    -- The size of a record that is too large to be kept; its key, value and headers are null then.
    left_out_bytes bigint,
    -- The list shows these without unpacking the headers.
    type           text,
    occurred_at    timestamptz,
    cause          text,
    primary key (consumer, place),

    constraint discarded_letters_say_by_whom check ((discarded_at is null) = (discarded_by is null)),
    constraint a_record_is_kept_whole
        check (num_nulls(topic, partition, record_offset, record_millis, cause) in (0, 5)
               and (header_names is null) = (header_values is null))
);
create unique index dead_letters_by_age on dead_letters (set_aside_at, id);
create index dead_letters_by_record_position on dead_letters (consumer, partition, record_offset);
create index dead_letters_by_key on dead_letters using hash (key);
