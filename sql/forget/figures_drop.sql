-- Takes the older versions of days away: their words stand there still.
ALTER TABLE {database:Identifier}.{table:Identifier}
DELETE WHERE toStartOfDay(start) IN {days:Array(DateTime('UTC'))} AND version < fromUnixTimestamp64Milli({version:Int64}, 'UTC')
SETTINGS mutations_sync = 2
