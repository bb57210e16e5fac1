-- What is muted at a moment, and until when.
SELECT what, until FROM alert_mutes FINAL WHERE until > fromUnixTimestamp64Milli({now:Int64}, 'UTC') ORDER BY what
