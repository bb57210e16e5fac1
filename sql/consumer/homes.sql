-- Where the asked messages have their homes; a message that is not in the answer was never heard of.
-- asked (id_hash UInt64, message UInt64) is sent along.
SELECT message, toUnixTimestamp64Milli(min(home))
FROM homes
WHERE (id_hash, message) IN (SELECT id_hash, message FROM asked)
GROUP BY message
