-- Whose ids the request's path or the answer names: where one of them is erased, the answer is forgotten, and the key goes
-- on to say that the request was done. Looked for without an index: there is a day of rows, and few users are erased.
alter table idempotency_keys add column about uuid[] not null default '{}';
