-- The security log: who did what to whom, from where, and how it ended. Ids only, no names: erased users stay erased.
create table security_events (
    id          uuid        not null primary key,
    service     text        not null,
    kind        text        not null,
    outcome     text        not null,
    actor_id    uuid,
    client      text,
    user_id     uuid,
    subject     text,
    -- A keyed hash of a typed login that nobody has: people type passwords into the field of the login, too.
    login_hash  text,
    address     text,
    user_agent  text,
    trace       text,
    -- Of a flood only some entries are kept, which count the others.
    times       integer     not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default now(),

    constraint kind_and_outcome_are_words check (kind ~ '^[A-Z_]{1,40}$' and outcome ~ '^[A-Z_]{1,40}$'),
    constraint texts_are_bounded check (char_length(service) <= 100 and char_length(client) <= 100
        and char_length(subject) <= 200 and char_length(login_hash) <= 64 and char_length(address) <= 45
        and char_length(user_agent) <= 200 and char_length(trace) <= 32),
    constraint times_is_positive check (times > 0)
);
create index security_events_by_time on security_events (occurred_at, id);
create index security_events_by_kind on security_events (kind, occurred_at, id);
create index security_events_of_actor on security_events (actor_id, occurred_at, id) where actor_id is not null;
create index security_events_of_user on security_events (user_id, occurred_at, id) where user_id is not null;
create index security_events_of_address on security_events (address, occurred_at, id) where address is not null;
create index security_events_by_age on security_events using brin (recorded_at);

-- Entries are only added, whatever rights a later migration grants by mistake, and removed after 400 days, not before.
-- Only the owner, who migrates, may do more. session_user stays what it is in functions and views of the owner.
create function refuse_to_change_history() returns trigger language plpgsql as $$
begin
    raise insufficient_privilege using
        message = format('history_is_only_added: %s of %s', lower(tg_op), tg_table_name);
end $$;

do $$
begin
    execute format('create trigger history_is_only_added before update or truncate on security_events
        for each statement when (session_user <> %L) execute function refuse_to_change_history()', session_user);
    execute format('create trigger history_is_kept_for_400_days before delete on security_events
        for each row when (session_user <> %L and old.recorded_at > now() - interval ''400 days'')
        execute function refuse_to_change_history()', session_user);
end $$;
revoke update on security_events from ${runtime_role};
