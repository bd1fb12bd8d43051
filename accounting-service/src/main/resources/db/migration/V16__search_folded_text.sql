alter table users add column name_folded text generated always as (folded(display_name)) stored;
-- In code points, as the API and the pages count. History is taken as it is.
alter table transfers add constraint reason_has_1_to_500_characters check (char_length(reason) between 1 and 500) not valid;
