-- Keys whose row was deleted, by whomever, until the security log has an entry of it.
create table deleted_signing_keys (
    kid text not null primary key
);

create function note_deleted_signing_key() returns trigger language plpgsql as $$
begin
    insert into deleted_signing_keys (kid) values (old.kid) on conflict do nothing;
    return null;
end $$;

create trigger note_deleted_signing_key after delete on signing_keys
    for each row execute function note_deleted_signing_key();
