-- The alarms that fire, pages first. What happens in a minute is told when it is over.
SELECT
    id, kind, severity, source, country, carrier, toUnixTimestamp64Milli(opened_at) + 60000,
    toUnixTimestamp64Milli(ended_at) + 60000,
    bad, messages
FROM alerts
WHERE ended_at IS NULL
ORDER BY severity = 'page' DESC, opened_at DESC, id
LIMIT 20
