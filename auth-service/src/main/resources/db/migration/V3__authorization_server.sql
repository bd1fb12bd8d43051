-- Spring Authorization Server's own schema in PostgreSQL's types. Tokens are looked up by their value alone and may be
-- longer than a b-tree takes, hence the hash indexes.
create table oauth2_registered_client (
    id                            text        not null primary key,
    client_id                     text        not null unique,
    client_id_issued_at           timestamptz not null default current_timestamp,
    client_secret                 text,
    client_secret_expires_at      timestamptz,
    client_name                   text        not null,
    client_authentication_methods text        not null,
    authorization_grant_types     text        not null,
    redirect_uris                 text,
    post_logout_redirect_uris     text,
    scopes                        text        not null,
    client_settings               text        not null,
    token_settings                text        not null
);

create table oauth2_authorization (
    id                            text not null primary key,
    registered_client_id          text not null,
    principal_name                text not null,
    authorization_grant_type      text not null,
    authorized_scopes             text,
    attributes                    text,
    state                         text,
    authorization_code_value      text,
    authorization_code_issued_at  timestamptz,
    authorization_code_expires_at timestamptz,
    authorization_code_metadata   text,
    access_token_value            text,
    access_token_issued_at        timestamptz,
    access_token_expires_at       timestamptz,
    access_token_metadata         text,
    access_token_type             text,
    access_token_scopes           text,
    oidc_id_token_value           text,
    oidc_id_token_issued_at       timestamptz,
    oidc_id_token_expires_at      timestamptz,
    oidc_id_token_metadata        text,
    refresh_token_value           text,
    refresh_token_issued_at       timestamptz,
    refresh_token_expires_at      timestamptz,
    refresh_token_metadata        text,
    user_code_value               text,
    user_code_issued_at           timestamptz,
    user_code_expires_at          timestamptz,
    user_code_metadata            text,
    device_code_value             text,
    device_code_issued_at         timestamptz,
    device_code_expires_at        timestamptz,
    device_code_metadata          text,
    -- The sign-on session, which ends its authorizations; null for those of machines.
    session_id                    text
);

create index oauth2_authorization_by_state on oauth2_authorization using hash (state);
create index oauth2_authorization_by_authorization_code on oauth2_authorization using hash (authorization_code_value);
create index oauth2_authorization_by_access_token on oauth2_authorization using hash (access_token_value);
create index oauth2_authorization_by_id_token on oauth2_authorization using hash (oidc_id_token_value);
create index oauth2_authorization_by_refresh_token on oauth2_authorization using hash (refresh_token_value);
create index oauth2_authorization_by_user_code on oauth2_authorization using hash (user_code_value);
create index oauth2_authorization_by_device_code on oauth2_authorization using hash (device_code_value);
create index oauth2_authorization_of_session on oauth2_authorization (session_id);
create index oauth2_authorization_expired on oauth2_authorization
    (greatest(authorization_code_expires_at, access_token_expires_at, refresh_token_expires_at));

create table oauth2_authorization_consent (
    registered_client_id text not null,
    principal_name       text not null,
    authorities          text not null,
    primary key (registered_client_id, principal_name)
);

-- One key for all instances: the first insert wins.
create table signing_keys (
    only_one  boolean not null primary key default true constraint there_is_one_signing_key check (only_one),
    kid       text    not null,
    salt      text    not null,
    encrypted text    not null
);
