-- How many hours are to be worked out anew (`touch`) and have not been yet; those that are sealed never will be.
SELECT count()
FROM
(
    SELECT hour, max(at) AS urged
    FROM {database:Identifier}.touched
    WHERE urgent AND hour >= (SELECT before FROM {database:Identifier}.sealed)
    GROUP BY hour
) AS touches
LEFT JOIN (SELECT start, max(version) AS version FROM {database:Identifier}.hourly GROUP BY start) AS worked
    ON start = hour
WHERE urged > version
