-- The sources of facts since a time (ms) that are not among those that are known.
SELECT DISTINCT source
FROM events
WHERE home >= fromUnixTimestamp64Milli({boundary:Int64}, 'UTC') AND source NOT IN {known:Array(String)}
ORDER BY source
