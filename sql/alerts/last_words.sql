-- The last word on each target since a moment: what it was about, and how that went.
SELECT target, argMax((id, state, tries, problem), at) AS last, max(at) AS last_at
FROM alert_notes FINAL
WHERE at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
GROUP BY target
ORDER BY target
