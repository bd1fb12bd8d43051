-- Codes, tokens and states are stored as hashes from now on, and what else is known of an authorization is encrypted.
-- The rows in clear go: codes and tokens live for minutes, and whoever is signed in stays so.
delete from oauth2_authorization;

-- There are no refresh tokens. Spring Authorization Server names their columns, so these stay, empty.
alter table oauth2_authorization add constraint there_are_no_refresh_tokens check (refresh_token_value is null);
alter table oauth2_authorization add constraint tokens_are_hashed check (
    coalesce(state, 'sha256:') like 'sha256:%'
    and coalesce(authorization_code_value, 'sha256:') like 'sha256:%'
    and coalesce(access_token_value, 'sha256:') like 'sha256:%'
    and coalesce(oidc_id_token_value, 'sha256:') like 'sha256:%'
    and coalesce(user_code_value, 'sha256:') like 'sha256:%'
    and coalesce(device_code_value, 'sha256:') like 'sha256:%');
drop index oauth2_authorization_by_refresh_token;
drop index oauth2_authorization_expired;
create index oauth2_authorization_expired on oauth2_authorization
    (greatest(authorization_code_expires_at, access_token_expires_at, device_code_expires_at));
