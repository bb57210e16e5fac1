-- Has every hour worked out now that waits for it.
INSERT INTO {database:Identifier}.touched
SELECT hour, true AS urgent, now64(3, 'UTC') AS at
FROM (SELECT hour, max(at) AS moved FROM {database:Identifier}.touched GROUP BY hour) AS moves
LEFT JOIN (SELECT start, max(version) AS version FROM {database:Identifier}.hourly GROUP BY start) AS worked
    ON start = hour
WHERE moved > version - INTERVAL 3 MINUTE
