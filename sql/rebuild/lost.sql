-- The facts whose records neither log nor archive holds any more: how many, and when the oldest came (ms).
-- held (log UUID, partition UInt16, first UInt64, last UInt64) is sent along: what they hold.
SELECT count(), toUnixTimestamp64Milli(min(received_at))
FROM events
WHERE home >= fromUnixTimestamp64Milli({boundary:Int64}, 'UTC')
    AND NOT arrayExists(
        part -> part.1 = log AND part.2 = log_partition AND log_offset BETWEEN part.3 AND part.4,
        (SELECT groupArray((log, partition, first, last)) FROM held))
