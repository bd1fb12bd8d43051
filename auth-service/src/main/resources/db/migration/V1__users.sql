-- Logins are compared byte by byte, as the pages of the list are cut.
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
    name_folded   text        not null generated always as (folded(display_name)) stored,
    email_folded  text generated always as (folded(email)) stored,

    constraint login_is_well_formed check (login ~ '^[a-z0-9._-]{1,64}$'),
    constraint display_name_is_1_to_100_characters check (char_length(display_name) between 1 and 100),
    constraint email_is_at_most_254_characters check (char_length(email) <= 254),
    constraint language_is_known check (language in ('EN', 'RU')),
    constraint role_is_known check (role in ('POPUG', 'MANAGER', 'ACCOUNTANT', 'ADMIN')),
    constraint sequence_starts_at_one check (sequence >= 1)
);
create index users_active_admins on users (id) where role = 'ADMIN' and active;

-- Profiles before each of the last changes: an admin who edits an old version sees what has changed since, and by
-- whom. Rows live a week.
create table earlier_profiles (
    user_id      uuid        not null references users on delete cascade,
    sequence     bigint      not null,
    display_name text        not null,
    email        text,
    language     text        not null,
    role         text        not null,
    active       boolean     not null,
    changed_by   uuid        not null,
    changed_at   timestamptz not null,
    primary key (user_id, sequence)
);
create index earlier_profiles_by_age on earlier_profiles (changed_at);

-- Without it the demo would add its own users again at the next start, under the same ids.
create table erased_users (
    id        uuid        not null primary key,
    erased_at timestamptz not null
);
