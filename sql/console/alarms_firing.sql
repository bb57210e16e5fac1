-- The alarms that fire, pages first.
SELECT
    id, kind, severity, source, country, carrier, toUnixTimestamp64Milli(opened_at), toUnixTimestamp64Milli(ended_at),
    bad, messages
FROM alerts
WHERE ended_at IS NULL
ORDER BY severity = 'page' DESC, opened_at DESC, id
LIMIT 20
