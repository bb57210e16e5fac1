-- A version (ms) that is newer than any that the hours have.
SELECT toUnixTimestamp64Milli(greatest(now64(3, 'UTC'), max(version) + INTERVAL 1 MILLISECOND))
FROM {database:Identifier}.hourly
