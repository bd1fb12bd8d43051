-- A million dollars, hundreds of times what any task costs: the company's account, which sums up to 2^63 cents, holds
-- 92 thousand million of these. A payout is as much as a worker is owed. Not valid: it is asked of new transfers only.
alter table transfers add constraint amount_is_at_most_a_million_dollars
    check (cents <= 100000000 or kind = 'PAYOUT') not valid;

-- It keeps duplicates out; that there are no gaps either is seen to by who posts, and by the check of the ledger.
alter table transfers rename constraint logs_have_no_gaps to places_are_taken_once;
