-- The service's own copy of ates.users. An erased user keeps a row that says so, without personal data.
create table users (
    id           uuid    primary key,
    login        text,
    display_name text,
    email        text,
    language     text,
    role         text    not null,
    active       boolean not null,
    -- Of the newest fact that was applied.
    sequence     bigint  not null,

    constraint role_is_known check (role in ('popug', 'manager', 'accountant', 'admin'))
);
