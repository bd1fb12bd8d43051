-- Several keys verify, and the newest whose time has come signs. The number orders them, and lets one of several
-- instances make the next. A key that no longer signs keeps its public part only.
alter table signing_keys drop column only_one;
alter table signing_keys
    add column number integer not null default 1,
    add column signs_from timestamptz not null default now(),
    add column public_key text,
    alter column salt drop not null,
    alter column encrypted drop not null,
    add primary key (number),
    add constraint signing_key_is_unique unique (kid),
    add constraint signing_key_is_encrypted_or_public
        check ((salt is null) = (encrypted is null) and (encrypted is null) <> (public_key is null));
alter table signing_keys
    alter column number drop default,
    alter column signs_from drop default;
