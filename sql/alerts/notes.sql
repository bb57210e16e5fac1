-- The last word on telling each target of each change of some alarms.
SELECT id, number, reminder, target, state, tries, at, problem, holder
FROM alert_notes FINAL
WHERE id IN {ids:Array(String)}
