-- Spring Session's own schema. At a client of auth-service, principal_name is the id of the sign-on session, whose
-- end ends these sessions.
create table spring_session (
    primary_id            char(36) not null primary key,
    session_id            char(36) not null,
    creation_time         bigint   not null,
    last_access_time      bigint   not null,
    max_inactive_interval int      not null,
    expiry_time           bigint   not null,
    principal_name        text
);
create unique index spring_session_by_session_id on spring_session (session_id);
create index spring_session_by_expiry_time on spring_session (expiry_time);
create index spring_session_by_principal_name on spring_session (principal_name);

create table spring_session_attributes (
    session_primary_id char(36)     not null references spring_session on delete cascade,
    attribute_name     varchar(200) not null,
    attribute_bytes    bytea        not null,
    primary key (session_primary_id, attribute_name)
);
