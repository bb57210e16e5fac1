-- The messages that carry an id, in any source and direction.
SELECT message, toUnixTimestamp64Milli(min(home)) AS home_ms
FROM homes
WHERE id_hash = xxh3({id:String})
GROUP BY message
ORDER BY home_ms DESC, message
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
