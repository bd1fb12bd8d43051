-- Of the record that was applied last, and of the last that counts whatever its sequence: an erasure, or a state that
-- auth-service announced anew. No earlier record counts after that one. Null for records that were applied before.
alter table users
    add column record_offset bigint,
    add column record_millis bigint,
    add column settled_offset bigint,
    add column settled_millis bigint,
    add constraint settled_position_is_whole check ((settled_offset is null) = (settled_millis is null));
