-- Notes for how many days messages are kept, where that is news, and before which hour figures were sealed until now.
INSERT INTO {database:Identifier}.kept
SELECT {days:UInt32} AS days, now64(3, 'UTC') AS since, (SELECT before FROM {database:Identifier}.sealed) AS sealed
WHERE days != (SELECT argMax(days, since) FROM {database:Identifier}.kept)
