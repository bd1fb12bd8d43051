-- Whether an admin has discarded it as a dead letter.
alter table told_events add column is_discarded boolean not null default false;
