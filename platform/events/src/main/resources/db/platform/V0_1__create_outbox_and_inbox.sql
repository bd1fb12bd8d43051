-- Events on their way to Kafka. The relay sends rows in id order and deletes exactly those it has sent; a column for
-- "sent" would only make every row cost two writes.
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

-- What Kafka refused for its content. It is kept with the reason, and the rows behind it go on.
create table outbox_dead_letters (
    like outbox including defaults,
    reason     text        not null,
    refused_at timestamptz not null default now(),
    primary key (id)
);

-- Which facts a consumer has applied. Rows live 30 days; older replays meet the natural keys of the tables themselves.
create table inbox (
    consumer    text        not null,
    fact_id     uuid        not null,
    received_at timestamptz not null default now(),
    primary key (consumer, fact_id)
);
create index inbox_by_age on inbox using brin (received_at);
