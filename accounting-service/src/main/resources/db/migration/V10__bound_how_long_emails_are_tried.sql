alter table emails
    -- When it was recorded, or asked for again.
    add column since timestamptz not null default now(),
    -- How often since then the server refused it, or left open whether it took it.
    add column setbacks integer not null default 0;
