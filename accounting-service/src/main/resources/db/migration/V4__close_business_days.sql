-- A day is closed first, then everybody is paid in chunks, then it is finished.
alter table business_days
    add column requested_at timestamptz,
    add column requested_by uuid,
    -- Who was paid last: the next chunk goes on behind.
    add column paid_until   uuid,
    add column payouts      bigint not null default 0,
    add column paid_cents   bigint not null default 0,
    add column finished_at  timestamptz,
    add constraint only_closed_days_are_paid check (closed_at is not null
        or (payouts = 0 and paid_cents = 0 and finished_at is null));
create index unfinished_days on business_days (business_date) where finished_at is null;

-- An email per payout. Its address is looked up when it is sent.
create table emails (
    fact_id            uuid        primary key,
    worker_id          uuid        not null,
    business_date      date        not null,
    paid_cents         bigint      not null,
    fees_cents         bigint      not null,
    rewards_cents      bigint      not null,
    carried_over_cents bigint      not null,
    status             text        not null default 'PENDING',
    attempts           integer     not null default 0,
    next_attempt_at    timestamptz not null,
    last_error         text,
    sent_at            timestamptz,

    constraint status_is_known check (status in ('PENDING', 'SENT', 'GIVEN_UP')),
    constraint sent_emails_say_when check ((status = 'SENT') = (sent_at is not null))
);
create index emails_to_send on emails (next_attempt_at) where status = 'PENDING';
