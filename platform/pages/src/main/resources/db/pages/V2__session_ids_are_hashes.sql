-- A session's cookie holds a random secret, and session_id its SHA-256: a copy of this table opens nothing. The ids of
-- before were the cookies' values, so those sessions end.
delete from spring_session;
alter table spring_session
    alter column session_id type char(43),
    add constraint session_id_is_a_hash check (session_id ~ '^[A-Za-z0-9_-]{43}$');
