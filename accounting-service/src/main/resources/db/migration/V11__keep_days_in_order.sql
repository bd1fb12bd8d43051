-- A day keeps its date, and none that is open appears before one that is closed: what is dated there would be paid twice.
create function refuse_another_date() returns trigger language plpgsql as $$
begin
    raise check_violation using constraint = 'days_keep_their_dates',
        message = format('days_keep_their_dates: %s', old.business_date);
end $$;
create trigger days_keep_their_dates before update on business_days for each row
    when (old.business_date <> new.business_date) execute function refuse_another_date();

create function refuse_to_open_before_closed() returns trigger language plpgsql as $$
begin
    if exists (select from business_days where business_date > new.business_date and closed_at is not null) then
        raise check_violation using constraint = 'days_before_closed_ones_are_closed',
            message = format('days_before_closed_ones_are_closed: %s', new.business_date);
    end if;
    return null;
end $$;
-- Afterwards, so that a day that is there already is no matter.
create trigger days_before_closed_ones_are_closed after insert on business_days for each row
    when (new.closed_at is null) execute function refuse_to_open_before_closed();
