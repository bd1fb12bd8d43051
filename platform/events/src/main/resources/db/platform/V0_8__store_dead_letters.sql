-- The record itself, as it came, so that a dead letter can be replayed; before, it lay on a topic of the service's own.
-- Rows of that time have none of it. What was discarded keeps its row for ever, and its record for 30 days.
alter table dead_letters
    add column id             bigint generated always as identity,
    add column topic          text,
    add column partition      integer,
    add column record_offset  bigint,
    add column record_millis  bigint,
    add column key            bytea,
    add column value          bytea,
    -- In their order, a name may come again; a value may be null.
    add column header_names   bytea[],
    add column header_values  bytea[],
    -- The size of a record that is too large to be kept; its key, value and headers are null then.
    add column left_out_bytes bigint,
    -- What a list shows, without unpacking the headers.
    add column type           text,
    add column occurred_at    timestamptz,
    add column cause          text,

    add constraint a_record_is_kept_whole
        check (num_nulls(topic, partition, record_offset, record_millis, cause) in (0, 5)
               and (header_names is null) = (header_values is null));

create unique index dead_letters_by_age on dead_letters (set_aside_at, id);
create index dead_letters_by_record_position on dead_letters (consumer, partition, record_offset);
create index dead_letters_by_key on dead_letters using hash (key);
