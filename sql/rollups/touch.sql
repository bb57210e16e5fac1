-- Has every hour worked out anew.
INSERT INTO {database:Identifier}.touched
SELECT DISTINCT toStartOfHour(home) AS hour, true AS urgent, now64(3, 'UTC') AS at
FROM {database:Identifier}.messages
