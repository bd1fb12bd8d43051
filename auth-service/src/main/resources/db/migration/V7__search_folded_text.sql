alter table users
    add column name_folded  text not null generated always as (folded(display_name)) stored,
    add column email_folded text generated always as (folded(email)) stored;
