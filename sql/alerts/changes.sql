-- All changes of the alarms that were open at a moment or opened after it.
SELECT
    id, number, change, changed_at, kind, severity, source, country, carrier, onset_at, opened_at, ended_at, bad, messages,
    usual, worst_normal, score, also
FROM alerts FINAL
WHERE id NOT IN (SELECT id FROM alerts WHERE ended_at < fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
ORDER BY changed_at, opened_at, id, number
