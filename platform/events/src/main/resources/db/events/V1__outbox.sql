-- Events on their way to Kafka. The relay sends rows in id order and deletes exactly those that it has sent; a column
-- for "sent" would only make every row cost two writes.
create table outbox (
    id            bigint generated always as identity primary key,
    event_id      uuid        not null,
    fact_id       uuid        not null,
    topic         text        not null,
    key           text        not null,
    type          text        not null,
    version       integer     not null,
    data_versions text        not null,
    sequence      bigint      not null,
    occurred_at   timestamptz not null,
    traceparent   text,
    payload       bytea,
    appended_at   timestamptz not null default now()
) with (
    -- Rows live for milliseconds: vacuum by count, not by share of a table that is empty most of the time.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000
);

-- Events that Kafka refused for their content. Each is kept with the reason, and the rows behind it go on.
create table outbox_dead_letters (
    like outbox including defaults,
    reason     text        not null,
    refused_at timestamptz not null default now(),
    primary key (id)
);
