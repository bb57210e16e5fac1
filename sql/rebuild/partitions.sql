-- The partitions of a table, here and beside, and whether there are rows for it beside; none where there is no table.
SELECT partition_id, max(database = {new:String})
FROM system.parts
WHERE active AND database IN ({old:String}, {new:String}) AND table = {table:String}
    AND (SELECT count() FROM system.tables WHERE database = {new:String} AND name = {table:String}) = 1
GROUP BY partition_id
ORDER BY partition_id
