-- A day is closed first, then everybody is paid in chunks, then it is finished.
create table business_days (
    business_date date primary key,
    -- Postings hold the row "for share", closing takes it "for update": nothing is posted to a day once it is closed.
    closed_at     timestamptz,
    requested_at  timestamptz,
    requested_by  uuid,
    -- The worker who was paid last: the next chunk goes on behind.
    paid_until    uuid,
    payouts       bigint not null default 0,
    paid_cents    bigint not null default 0,
    finished_at   timestamptz,

    constraint only_closed_days_are_paid check (closed_at is not null
        or (payouts = 0 and paid_cents = 0 and finished_at is null))
);
create index unfinished_days on business_days (business_date) where finished_at is null;

-- A closed day stays closed, a finished one finished, and each keeps its date.
create function refuse_to_open_again() returns trigger language plpgsql as $$
begin
    raise check_violation using constraint = 'closed_days_stay_closed',
        message = format('closed_days_stay_closed: %s', old.business_date);
end $$;
create trigger closed_days_stay_closed before update on business_days for each row
    when (old.closed_at is not null and new.closed_at is distinct from old.closed_at
          or old.finished_at is not null and new.finished_at is distinct from old.finished_at)
    execute function refuse_to_open_again();

create function refuse_another_date() returns trigger language plpgsql as $$
begin
    raise check_violation using constraint = 'days_keep_their_dates',
        message = format('days_keep_their_dates: %s', old.business_date);
end $$;
create trigger days_keep_their_dates before update on business_days for each row
    when (old.business_date <> new.business_date) execute function refuse_another_date();

revoke delete, truncate on business_days from ${runtime_role};

-- No open day appears before a closed one: its transfers would be paid twice.
create function refuse_to_open_before_closed() returns trigger language plpgsql as $$
begin
    if exists (select from business_days where business_date > new.business_date and closed_at is not null) then
        raise check_violation using constraint = 'days_before_closed_ones_are_closed',
            message = format('days_before_closed_ones_are_closed: %s', new.business_date);
    end if;
    return null;
end $$;
-- After the insert, so that "on conflict" of a day that exists does not fail.
create trigger days_before_closed_ones_are_closed after insert on business_days for each row
    when (new.closed_at is null) execute function refuse_to_open_before_closed();

-- The payout of a day is the balance without later transfers: if a later day were paid first, its payouts would be
-- paid again.
create function refuse_to_close_before_finished() returns trigger language plpgsql as $$
begin
    if exists (select from business_days
                where business_date < new.business_date and closed_at is not null and finished_at is null) then
        raise check_violation using constraint = 'days_are_finished_in_order',
            message = format('days_are_finished_in_order: %s', new.business_date);
    end if;
    return null;
end $$;
create trigger days_are_finished_in_order after update of closed_at on business_days for each row
    when (old.closed_at is null and new.closed_at is not null) execute function refuse_to_close_before_finished();

-- The manager's earnings: the fees minus the rewards of a business date, and the number of those transfers.
create table earnings (
    business_date date   primary key,
    earned_cents  bigint not null,
    transfers     bigint not null
);
