-- How many days have hours that were worked out since they were.
SELECT count()
FROM (SELECT toStartOfDay(start) AS day, max(version) AS version FROM {database:Identifier}.hourly GROUP BY day) AS hours
LEFT JOIN (SELECT start AS day, max(version) AS version FROM {database:Identifier}.daily GROUP BY day) AS days USING (day)
WHERE hours.version > days.version
