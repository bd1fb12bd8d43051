create table prices (
    task_id      uuid        primary key,
    fee_cents    bigint      not null,
    amount_cents bigint      not null,
    drawn_at     timestamptz not null,

    constraint fee_is_10_to_20_dollars check (fee_cents between 1000 and 2000 and fee_cents % 100 = 0),
    constraint amount_is_20_to_40_dollars check (amount_cents between 2000 and 4000 and amount_cents % 100 = 0)
);

-- Titles for the audit log.
create table tasks (
    id    uuid primary key,
    title text not null
);
