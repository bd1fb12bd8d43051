-- What each nightly check of the ledger has found.
create table ledger_checks (
    checked_at  timestamptz primary key,
    differences integer     not null
);
