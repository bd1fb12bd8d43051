-- The table of Spring Security's JdbcUserCredentialRepository, in PostgreSQL's types. The user handle that authenticators
-- keep is the 16 bytes of the user's id, as URL-safe Base64; the id itself is computed from it, so that the passkeys of
-- an erased user go with the user.
create table user_credentials (
    credential_id                text        not null primary key,
    user_entity_user_id          text        not null,
    public_key                   bytea       not null,
    signature_count              bigint      not null,
    uv_initialized               boolean     not null,
    backup_eligible              boolean     not null,
    authenticator_transports     text        not null,
    public_key_credential_type   text        not null,
    backup_state                 boolean     not null,
    attestation_object           bytea       not null,
    attestation_client_data_json bytea,
    created                      timestamptz not null,
    last_used                    timestamptz not null,
    label                        text        not null,
    user_id                      uuid        not null references users on delete cascade
        generated always as (encode(decode(translate(user_entity_user_id, '-_', '+/') || '==', 'base64'), 'hex')::uuid) stored,

    constraint credential_id_is_at_most_1023_bytes check (char_length(credential_id) <= 1364),
    constraint label_is_1_to_100_characters check (char_length(label) between 1 and 100),
    constraint user_is_verified_by_the_authenticator check (uv_initialized)
);
create index user_credentials_of_user on user_credentials (user_id);
create index user_credentials_of_handle on user_credentials (user_entity_user_id);

-- Challenges that were answered, until they expire: an answer counts once.
create table used_passkey_challenges (
    challenge_hash bytea       not null primary key,
    expires_at     timestamptz not null
);
create index used_passkey_challenges_expired on used_passkey_challenges (expires_at);
