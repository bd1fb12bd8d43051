-- Attempts to sign in from unknown devices. A slot stands for a login, an address, or both, by 16 bits of a hash: strangers
-- cannot cause more rows than there are slots, and what they typed is in none. Each attempt moves the time by a step.
drop table sign_in_attempts;
create table sign_in_attempts (
    slot        integer     not null primary key constraint slots_are_bounded check (slot between 0 and 196607),
    spent_until timestamptz not null
);
create index sign_in_attempts_spent on sign_in_attempts (spent_until);

-- Devices on which a user has signed in, each with a budget of attempts of its own; the cookie holds the token.
create table known_devices (
    token_hash  bytea       not null primary key,
    user_id     uuid        not null references users on delete cascade,
    spent_until timestamptz not null,
    used_at     timestamptz not null
);
create index known_devices_of_user on known_devices (user_id, used_at);
create index known_devices_by_age on known_devices (used_at);

-- Links whose maker is unknown end.
delete from password_links;
alter table password_links
    add column made_by uuid        not null references users on delete cascade,
    add column made_at timestamptz not null;
create index password_links_of_maker on password_links (made_by);
