create table password_links (
    token_hash bytea       not null primary key,
    user_id    uuid        not null references users on delete cascade,
    expires_at timestamptz not null
);
create index password_links_expired on password_links (expires_at);
create index password_links_of_user on password_links (user_id);

create table sign_in_attempts (
    login    text        not null primary key,
    count    integer     not null,
    first_at timestamptz not null
);

-- Sign-on sessions whose id a client has received. The client's own session may outlive the one here, and ends when the
-- password changes.
create table sign_on_sessions (
    session_id    text        not null primary key,
    user_id       uuid        not null references users on delete cascade,
    first_told_at timestamptz not null
);
create index sign_on_sessions_of_user on sign_on_sessions (user_id);
create index sign_on_sessions_by_age on sign_on_sessions (first_told_at);
