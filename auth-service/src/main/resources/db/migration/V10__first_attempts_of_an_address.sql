-- The first attempts at a login from all addresses have a budget of their own; the buckets have new, secret numbers.
delete from sign_in_attempts;
alter table sign_in_attempts
    drop constraint slots_are_bounded,
    add constraint slots_are_bounded check (slot between 0 and 262143);
