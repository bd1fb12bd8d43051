-- Which version an answer showed is repeated with it.
alter table idempotency_keys add column etag text;
