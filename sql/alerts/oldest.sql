-- The first minute since a moment of which anything is known; 0 where nothing is.
SELECT intDiv(toUnixTimestamp64Milli(min(home)), 60000)
FROM homes
WHERE home >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
