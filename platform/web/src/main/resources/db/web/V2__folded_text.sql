-- Texts are compared by this and by nothing else: small letters and capitals, composed and decomposed letters,
-- ligatures and the like are one (ς and Σ, ß and SS, й in one piece and in two). Capitals come first, because some
-- small letters are folded to themselves (ı). It needs PostgreSQL 18 and a database in UTF-8.
create function folded(typed text) returns text
    language sql immutable strict parallel safe
    return normalize(casefold(upper(normalize(typed, nfkc) collate pg_unicode_fast) collate pg_unicode_fast), nfkc);
