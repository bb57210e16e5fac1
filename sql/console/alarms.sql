-- Alarms, those that fire first, then the newest.
SELECT
    id, kind, severity, source, country, carrier, toUnixTimestamp64Milli(opened_at), toUnixTimestamp64Milli(ended_at),
    bad, messages
FROM alerts
WHERE ended_at IS NULL OR opened_at >= {since:DateTime64(3, 'UTC')}
ORDER BY ended_at IS NULL DESC, opened_at DESC, id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
