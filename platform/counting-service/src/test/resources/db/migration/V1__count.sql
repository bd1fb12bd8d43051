create table counters (
    id     uuid primary key,
    number bigint not null
);

-- In the order in which they were applied.
create table applied_steps (
    position    bigint generated always as identity primary key,
    counter     uuid   not null,
    cents       bigint not null constraint cents_are_positive check (cents > 0),
    traceparent text
);

create table tallies (
    counter     uuid   primary key,
    steps       bigint not null default 0,
    cents       bigint not null default 0,
    price_cents bigint
);

-- Counters whose steps fail.
create table frozen_counters (
    id uuid primary key
);

create table members (
    id     uuid    primary key,
    role   text    not null,
    active boolean not null
);
