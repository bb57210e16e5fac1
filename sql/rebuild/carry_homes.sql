-- The homes of messages that are past what is kept, by which a late word of them is known.
INSERT INTO {new:Identifier}.homes
SELECT * FROM {old:Identifier}.homes WHERE home < fromUnixTimestamp64Milli({boundary:Int64}, 'UTC')
