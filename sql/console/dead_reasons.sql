-- How many dead letters of each reason and source there are in a state, and the newest of them.
SELECT reason, source, count() AS letters, toUnixTimestamp64Milli(max(received_at)) AS newest
FROM dead_letters
WHERE toString(state) = {state:String}
GROUP BY reason, source
ORDER BY letters DESC, reason, source
