-- Titles keep what has no id; V33 takes the ids out of those that are there.
alter table tasks add column jira_id text
    constraint jira_id_has_its_form check (jira_id ~ '^[A-Z][A-Z0-9]+-[0-9]+$' and char_length(jira_id) <= 50);
