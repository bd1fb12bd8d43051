-- Whose row is gone for good. Without it the demo would take its own users in again at the next start, under the same ids.
create table erased_users (
    id        uuid        not null primary key,
    erased_at timestamptz not null
);
