-- What a worker is owed for a day is the balance without what is dated later: later payouts, made first, would be paid again.
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
