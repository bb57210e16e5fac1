-- The alarms that fire, pages first. What happens in a minute is told when it is over.
SELECT
    id, kind, severity, source, country, carrier, opened_at + INTERVAL 1 MINUTE AS opened,
    ended_at + INTERVAL 1 MINUTE AS ended, bad, messages
FROM alerts
WHERE ended_at IS NULL
ORDER BY severity = 'page' DESC, opened_at DESC, id
LIMIT 20
