-- The figures of hours whose messages are past what is kept. Another replica may have brought them already.
INSERT INTO {new:Identifier}.hourly
SELECT * FROM {old:Identifier}.newest_hourly WHERE start < fromUnixTimestamp64Milli({boundary:Int64}, 'UTC')
    AND start NOT IN (SELECT start FROM {new:Identifier}.hourly)
