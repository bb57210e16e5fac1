-- How many facts each source told for the first time, and how many of its bodies could not be read, by minute.
-- `asked` are those that came in by webhook or poll: they show that the source is heard.
WITH
    fromUnixTimestamp64Milli({since:Int64}, 'UTC') AS since,
    fromUnixTimestamp64Milli({until:Int64}, 'UTC') AS until
SELECT minute, source, sum(facts) AS facts, sum(dead) AS dead, max(asked) AS asked
FROM
(
    SELECT
        intDiv(toUnixTimestamp64Milli(received_at), 60000) AS minute,
        toString(source) AS source,
        uniqExact(identity) AS facts,
        0 AS dead,
        max(origin IN ('webhook', 'poll')) AS asked
    FROM events
    WHERE home >= since - INTERVAL 2 HOUR AND home < until AND received_at >= since AND received_at < until
        AND received_at < home + INTERVAL 2 HOUR
    GROUP BY minute, source
    UNION ALL
    SELECT
        intDiv(toUnixTimestamp64Milli(received_at), 60000) AS minute,
        toString(source) AS source,
        0 AS facts,
        uniqExact(id) AS dead,
        max(type IN ('delivrd.webhook', 'delivrd.poll')) AS asked
    FROM dead_letters
    WHERE received_at >= since AND received_at < until
    GROUP BY minute, source
)
GROUP BY minute, source
ORDER BY minute, source
