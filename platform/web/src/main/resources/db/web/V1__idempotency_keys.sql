-- The responses to POSTs with an Idempotency-Key. A row is written and completed in the transaction of the request,
-- so a second request with the same key waits on the primary key meanwhile. Rows live a day.
create table idempotency_keys (
    caller       uuid        not null,
    key_hash     bytea       not null,
    request_hash bytea       not null,
    status       integer,
    content_type text,
    location     text,
    -- Encrypted with the key, because it may hold a link that is shown once.
    sealed_body  bytea,
    created_at   timestamptz not null default now(),
    -- Users whose ids the path or the response names: where one is erased, the response is removed, and the key stays
    -- to say that the request was done. Without an index: there is a day of rows, and few users are erased.
    about        uuid[]      not null default '{}',
    -- The version that the response showed.
    etag         text,
    primary key (caller, key_hash)
);
create index idempotency_keys_by_age on idempotency_keys using brin (created_at);
