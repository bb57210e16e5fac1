-- What the other sources deliver at the same place in some minutes: of how many messages with a final report how many.
SELECT source, uniqExactIf(message, status >= 'delivered') AS delivered, uniqExact(message) AS ended
FROM events
WHERE kind = 'report' AND status >= 'expired'
    AND home >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 2 HOUR
    AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND received_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND source != {source:String}
    AND country = coalesce({country:Nullable(String)}, country)
    AND carrier = coalesce({carrier:Nullable(String)}, carrier)
GROUP BY source
ORDER BY ended DESC, source
LIMIT 3
