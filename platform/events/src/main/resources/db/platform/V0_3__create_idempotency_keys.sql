-- What a POST that named an Idempotency-Key was answered. A row is written and completed in the transaction of what was
-- done, so whoever comes with the same key meanwhile waits on the primary key. Rows live a day.
create table idempotency_keys (
    caller       uuid        not null,
    key_hash     bytea       not null,
    request_hash bytea       not null,
    status       integer,
    content_type text,
    location     text,
    -- Only who has the key can read it: it may hold a link that is shown once.
    sealed_body  bytea,
    created_at   timestamptz not null default now(),
    primary key (caller, key_hash)
);
create index idempotency_keys_by_age on idempotency_keys using brin (created_at);
