-- The service's own copy of ates.users, without personal data.
create table users (
    user_id  uuid    primary key,
    sequence bigint  not null,
    role     text    not null,
    active   boolean not null,
    language text
);
