-- The partitions of a table, here and beside, and whether there are rows for it beside.
SELECT partition_id, max(database = {new:String})
FROM system.parts
WHERE active AND database IN ({old:String}, {new:String}) AND table = {table:String}
GROUP BY partition_id
ORDER BY partition_id
