-- What a profile was before each of the last changes: who edits a version that is no longer the last one is told what has
-- changed since, and by whom. Nobody else needs it, so a week is enough.
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
