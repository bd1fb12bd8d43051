-- Those that a client was told of. Its own session may outlive the one here, and ends when the password changes.
create table sign_on_sessions (
    session_id    text        not null primary key,
    user_id       uuid        not null references users on delete cascade,
    first_told_at timestamptz not null
);

create index sign_on_sessions_of_user on sign_on_sessions (user_id);
create index sign_on_sessions_by_age on sign_on_sessions (first_told_at);
