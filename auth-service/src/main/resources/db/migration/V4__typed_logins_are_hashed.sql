-- People type passwords into the field of the login, too, so what was typed is kept as a hash. Attempts of the last
-- minutes are forgotten.
drop table sign_in_attempts;
create table sign_in_attempts (
    login_hash bytea       not null primary key,
    count      integer     not null,
    first_at   timestamptz not null
);
