-- The service's own copy of ates.users. An erased user keeps a row that says so, without personal data.
create table users (
    id           uuid    primary key,
    login        text,
    display_name text,
    -- An unknown role grants nothing.
    role         text    not null,
    active       boolean not null,
    -- Of the newest fact that was applied.
    sequence     bigint  not null,
    language     text,
    name_folded  text generated always as (folded(display_name)) stored
);
create index active_workers on users (id) where active and role in ('popug', 'accountant');
