-- Alarms, those that fire first, then the newest. What happens in a minute is told when it is over.
SELECT
    id, kind, severity, source, country, carrier, opened_at + INTERVAL 1 MINUTE AS opened,
    ended_at + INTERVAL 1 MINUTE AS ended, bad, messages
FROM alerts
WHERE ended_at IS NULL OR opened_at >= {since:DateTime64(3, 'UTC')}
ORDER BY ended_at IS NULL DESC, opened_at DESC, id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
