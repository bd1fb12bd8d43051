-- The facts that a consumer has applied. Rows live 30 days; older replays meet the natural keys of the tables
-- themselves.
create table inbox (
    consumer    text        not null,
    fact_id     uuid        not null,
    received_at timestamptz not null default now(),
    primary key (consumer, fact_id)
);
create index inbox_by_age on inbox using brin (received_at);
