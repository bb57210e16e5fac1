-- How long each table keeps its rows: the TTL expression, as the server writes it; empty for ever.
SELECT name, extract(engine_full, ' TTL (.+?)(?: SETTINGS|$)') AS ttl
FROM system.tables
WHERE database = {database:String} AND engine LIKE '%MergeTree'
