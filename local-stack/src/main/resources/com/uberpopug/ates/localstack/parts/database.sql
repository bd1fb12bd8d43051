-- One service's database. Its owner migrates it; the service reads and writes rows, apart from rights that a migration revokes.
-- For psql, with -v database=… owner=… owner_password=… service=… service_password=…; a second run changes nothing.

select format('create role %I', role)
  from unnest(array[:'owner', :'service']) role
 where not exists (select from pg_roles where rolname = role) \gexec
alter role :"owner" login password :'owner_password';
alter role :"service" login password :'service_password';

select format('create database %I owner %I', :'database', :'owner')
 where not exists (select from pg_database where datname = :'database') \gexec
revoke all on database :"database" from public;
-- By default every role reaches these two.
select format('revoke all on database %I from public', datname)
  from pg_database where datname in ('postgres', 'template1') and has_database_privilege('public', datname, 'connect') \gexec
grant connect on database :"database" to :"service";

\connect :"database"
alter default privileges for role :"owner" in schema public
  grant select, insert, update, delete on tables to :"service";
alter default privileges for role :"owner" in schema public
  grant usage on sequences to :"service";
-- Large objects are of no table, so that no right on tables bounds them.
revoke execute on function lo_close(integer), lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_get(oid),
  lo_get(oid, bigint, integer), lo_lseek(integer, integer, integer), lo_lseek64(integer, bigint, integer), lo_open(oid, integer),
  lo_put(oid, bigint, bytea), lo_tell(integer), lo_tell64(integer), lo_truncate(integer, integer),
  lo_truncate64(integer, bigint), lo_unlink(oid), loread(integer, integer), lowrite(integer, bytea) from public;
