-- The commonest error of a scope in some minutes, with how many messages ended in it, and how many failed in all.
-- `recipient` asks for the recipients' own errors, else they are left out. NULL in a place is any.
SELECT
    error_family, error_code, provider_status, any(error_text) AS error_text, uniqExact(message) AS messages,
    sum(messages) OVER () AS failed
FROM events
WHERE kind = 'report' AND status >= 'expired' AND status <= 'failed'
    AND home >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 2 HOUR
    AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND received_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND source = coalesce({source:Nullable(String)}, source)
    AND country = coalesce({country:Nullable(String)}, country)
    AND carrier = coalesce({carrier:Nullable(String)}, carrier)
    AND (error_family IN ('absent', 'unknown_number', 'barred')) = {recipient:Bool}
GROUP BY error_family, error_code, provider_status
ORDER BY messages DESC, error_family, error_code, provider_status
LIMIT 1
