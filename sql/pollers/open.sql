-- The messages of a source that have no final state, and when each was handed in, in ms.
SELECT message_id, toUnixTimestamp64Milli(max(ifNull(submitted_at, first_seen_at)))
FROM delivrd.messages
WHERE source = {source:String}
    AND home >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND NOT is_final
GROUP BY message_id
