-- The figures of hours whose messages are past what is kept.
INSERT INTO {new:Identifier}.hourly
SELECT * FROM {old:Identifier}.newest_hourly WHERE start < fromUnixTimestamp64Milli({boundary:Int64}, 'UTC')
