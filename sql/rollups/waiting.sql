-- How many hours are to be worked out anew (`touch`) and have not been yet; those that are sealed never will be.
WITH (SELECT argMax(days, since) FROM {database:Identifier}.kept) AS keep_days
SELECT count()
FROM
(
    SELECT hour, max(at) AS urged
    FROM {database:Identifier}.touched
    WHERE urgent AND (keep_days = 0 OR hour >= now() - toIntervalDay(keep_days) - INTERVAL 2 HOUR)
    GROUP BY hour
) AS touches
LEFT JOIN (SELECT start, max(version) AS version FROM {database:Identifier}.hourly GROUP BY start) AS worked
    ON start = hour
WHERE urged > version
