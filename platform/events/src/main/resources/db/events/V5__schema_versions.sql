-- The newest migration of each history, which the service compares with its own before it starts: the histories themselves are the owner's.
create table schema_versions (
    history text primary key,
    version text not null
);
revoke insert, update, delete on schema_versions from ${runtime_role};
