-- Null for those of machines, and for those from before.
alter table oauth2_authorization add column session_id text;

create index oauth2_authorization_of_session on oauth2_authorization (session_id);
