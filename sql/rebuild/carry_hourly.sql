-- The figures of hours whose messages are past what is kept, or was kept once. Another replica may have brought them
-- already.
INSERT INTO {new:Identifier}.hourly
SELECT * FROM {old:Identifier}.newest_hourly
WHERE start < greatest(
        fromUnixTimestamp64Milli({boundary:Int64}, 'UTC'), (SELECT max(sealed) FROM {old:Identifier}.kept))
    AND start NOT IN (SELECT start FROM {new:Identifier}.hourly)
