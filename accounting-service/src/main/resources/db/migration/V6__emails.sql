-- One email per payout. Its address is looked up when it is sent.
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
    -- The time of its recording, or of the last request to send it again.
    since              timestamptz not null default now(),
    -- How often since then the server refused it, or left open whether it took it.
    setbacks           integer     not null default 0,

    constraint status_is_known check (status in ('PENDING', 'SENT', 'GIVEN_UP')),
    constraint sent_emails_say_when check ((status = 'SENT') = (sent_at is not null))
);
create index emails_to_send on emails (next_attempt_at) where status = 'PENDING';
create index emails_by_day on emails (business_date desc, fact_id desc);
create index emails_not_sent_by_day on emails (status, business_date desc, fact_id desc) where status <> 'SENT';
-- For a worker who is erased or gets another address: errors about the old one are removed, among the emails of years.
create index emails_with_errors_by_worker on emails (worker_id) where last_error is not null;
