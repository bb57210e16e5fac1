-- The homes of messages that are past what is kept, or was kept once, by which a late word of them is known.
INSERT INTO {new:Identifier}.homes
SELECT * FROM {old:Identifier}.homes
WHERE home < greatest(
    fromUnixTimestamp64Milli({boundary:Int64}, 'UTC'), (SELECT max(sealed) FROM {old:Identifier}.kept))
