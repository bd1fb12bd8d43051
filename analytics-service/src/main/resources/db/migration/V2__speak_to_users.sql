-- The language of pages; null until something is heard of the user again.
alter table users add column language text;
