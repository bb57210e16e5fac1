-- Before which hour figures were sealed while messages were kept for shorter: of what is older, a part may be gone.
INSERT INTO {new:Identifier}.kept
SELECT 0 AS days, now64(3, 'UTC') AS since, max(sealed) AS sealed FROM {old:Identifier}.kept
