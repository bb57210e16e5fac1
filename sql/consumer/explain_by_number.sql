-- The newest messages to or from a number (E.164 with +).
SELECT message, toUnixTimestamp64Milli(min(home)) AS home_ms
FROM recipients
WHERE recipient_hash = xxh3({number:String})
GROUP BY message
ORDER BY home_ms DESC, message
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
