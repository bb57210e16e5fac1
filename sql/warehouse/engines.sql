-- Each table that keeps rows, with its engine and settings.
SELECT name, engine_full
FROM system.tables
WHERE database = {database:String} AND engine LIKE '%MergeTree' AND name != {except:String}
ORDER BY name
