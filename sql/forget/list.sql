-- Puts a number on the list, where it is not on it yet.
INSERT INTO forgotten
SELECT {number:UInt128} AS number_hash, {check:UInt64} AS key_check, now64(3, 'UTC') AS since
WHERE number_hash NOT IN (SELECT number_hash FROM forgotten)
