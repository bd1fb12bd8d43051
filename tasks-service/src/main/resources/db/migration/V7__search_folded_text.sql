alter table tasks
    add column title_folded text not null generated always as (folded(title)) stored,
    -- In code points, as the API and the pages count.
    add constraint title_has_1_to_200_characters check (char_length(title) between 1 and 200),
    add constraint description_has_at_most_10000_characters check (char_length(description) <= 10000);
alter table users add column name_folded text generated always as (folded(display_name)) stored;
