-- Transfers are only added, and days are never removed, whatever rights a later migration grants by mistake. Only the
-- owner, who migrates, may correct history. session_user stays what it is in functions and views of the owner.
create function refuse_to_change_history() returns trigger language plpgsql as $$
begin
    raise insufficient_privilege using
        message = format('history_is_only_added: %s of %s', lower(tg_op), tg_table_name);
end $$;

do $$
begin
    execute format('create trigger history_is_only_added before update or delete or truncate on transfers
        for each statement when (session_user <> %L) execute function refuse_to_change_history()', session_user);
    execute format('create trigger history_is_only_added before delete or truncate on business_days
        for each statement when (session_user <> %L) execute function refuse_to_change_history()', session_user);
end $$;

-- With the rights of whoever asks: a view with the rights of its owner could be written through.
alter view worker_log set (security_invoker = true);
revoke insert, update, delete on worker_log from ${runtime_role};
