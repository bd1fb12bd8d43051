-- What the business transaction of the benchmark changes.
create table counters (
    id     uuid   primary key,
    number bigint not null
);
