-- The first minute that was not judged yet; 0 where none was.
SELECT intDiv(toUnixTimestamp64Milli(max(judged_at)), 60000) FROM alert_progress
