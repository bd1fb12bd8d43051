alter table transfers
    add column reason       text,
    add column corrected_by uuid,
    add constraint corrections_say_why check ((kind = 'CORRECTION') = (num_nonnulls(reason, corrected_by) = 2)),
    add constraint corrections_are_for_a_task check (kind <> 'CORRECTION' or task_id is not null);

-- What a row alone cannot tell: whether its day is open, and whether a correction mirrors what it corrects. A batch is
-- looked at as a whole, so that this costs the same whatever its size.
create function check_posted_transfers() returns trigger language plpgsql as $$
declare
    refused date;
begin
    -- Waits for whoever is closing one of these days, and keeps others from it.
    perform from business_days where business_date in (select business_date from posted)
      order by business_date for share;
    -- Payouts are what is still dated a closed day, until it is finished.
    select min(business_date) into refused
      from (select distinct business_date, kind = 'PAYOUT' as payout from posted) dated
      left join business_days day using (business_date)
     where case when payout then day.closed_at is null or day.finished_at is not null
                else day.business_date is null or day.closed_at is not null end;
    if refused is not null then
        raise check_violation using constraint = 'transfers_are_dated_open_days',
            message = format('transfers_are_dated_open_days: %s is not open', refused);
    end if;
    if exists (select from posted correction
                where kind = 'CORRECTION' and not exists (
                    select from transfers original
                     where original.id = correction.corrects_transfer_id and original.kind in ('FEE', 'REWARD')
                       and original.worker_id = correction.worker_id and original.cents = correction.cents
                       and original.debit_account = correction.credit_account
                       and original.credit_account = correction.debit_account)) then
        raise check_violation using constraint = 'corrections_mirror_a_fee_or_reward',
            message = 'corrections_mirror_a_fee_or_reward';
    end if;
    return null;
end $$;
create trigger check_posted_transfers after insert on transfers
    referencing new table as posted for each statement execute function check_posted_transfers();

-- A closed day stays closed.
create function refuse_to_open_again() returns trigger language plpgsql as $$
begin
    raise check_violation using constraint = 'closed_days_stay_closed',
        message = format('closed_days_stay_closed: %s', old.business_date);
end $$;
create trigger closed_days_stay_closed before update on business_days for each row
    when (old.closed_at is not null and new.closed_at is distinct from old.closed_at
          or old.finished_at is not null and new.finished_at is distinct from old.finished_at)
    execute function refuse_to_open_again();
revoke delete, truncate on business_days from ${runtime_role};

-- Transfers as their worker sees them: by how much each changed the balance, and what of a day's earnings it is part
-- of. A correction counts as what it corrects, with the opposite sign.
create view worker_log as
    select transfers.*,
           case worker_id when credit_account then cents else -cents end as change_cents,
           case when kind <> 'CORRECTION' then kind when worker_id = credit_account then 'FEE' else 'REWARD' end as counts_as
      from transfers;
