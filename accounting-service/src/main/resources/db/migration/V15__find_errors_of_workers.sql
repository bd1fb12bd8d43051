-- Whoever is erased or gets another address has what servers said of the old one forgotten, among the emails of years.
create index emails_with_errors_by_worker on emails (worker_id) where last_error is not null;
