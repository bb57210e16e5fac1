-- How long each table keeps its rows, and its columns' values: the TTL expressions, as the server writes them. Empty for
-- ever; a column that has none is not in the answer.
SELECT
    name,
    extract(engine_full, ' TTL (.+?)(?: SETTINGS|$)') AS rows,
    arrayMap(found -> (found[1], found[2]), extractAllGroupsVertical(create_table_query, '`([a-z_]+)`[^`]*? TTL ([^`]+?)(?:, `|\\) ENGINE)')) AS columns
FROM system.tables
WHERE database = {database:String} AND engine LIKE '%MergeTree'
