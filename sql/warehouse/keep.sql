-- Notes for how many days events are kept, where that is news.
INSERT INTO {database:Identifier}.kept
SELECT {days:UInt32} AS days, now64(3, 'UTC') AS since
WHERE days != (SELECT argMax(days, since) FROM {database:Identifier}.kept)
