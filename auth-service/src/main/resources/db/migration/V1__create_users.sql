-- Logins are compared byte by byte, which is how pages of the list are cut.
create table users (
    id            uuid        not null primary key,
    version       integer     not null,
    login         text        not null collate "C" constraint login_is_unique unique,
    display_name  text        not null,
    email         text,
    language      text        not null,
    role          text        not null,
    active        boolean     not null,
    password_hash text        not null,
    sequence      bigint      not null,
    created_at    timestamptz not null,
    constraint login_is_well_formed check (login ~ '^[a-z0-9._-]{1,64}$'),
    constraint display_name_is_1_to_100_characters check (char_length(display_name) between 1 and 100),
    constraint email_is_at_most_254_characters check (char_length(email) <= 254),
    constraint language_is_known check (language in ('EN', 'RU')),
    constraint role_is_known check (role in ('POPUG', 'MANAGER', 'ACCOUNTANT', 'ADMIN')),
    constraint sequence_starts_at_one check (sequence >= 1)
);

create index users_active_admins on users (id) where role = 'ADMIN' and active;

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
