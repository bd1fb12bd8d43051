-- Null for what was priced before this was remembered.
alter table tasks add column priced_at timestamptz;
