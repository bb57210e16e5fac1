-- What was heard of messages, by the minute it was heard in: how many of a route were submitted, and how many ended in
-- which way, by the minute of their submission and the delay since then. A message counts once, in its first end.
-- Whatever is asked for, a minute shows what was known when it was over: what came later is not in it.
-- Messages are looked at for two hours; whose first end comes later than that is in no figure here.
-- -1 is what is not known; delays are in quarter octaves, as in alerts/lateness.py.
WITH
    fromUnixTimestamp64Milli({since:Int64}, 'UTC') AS since,
    fromUnixTimestamp64Milli({until:Int64}, 'UTC') AS until,
    told AS
    (
        SELECT
            message,
            any(source) AS source,
            max(country) AS country,
            max(carrier) AS carrier,
            toUnixTimestamp64Milli(min(home)) AS home_ms,
            countIf(kind = 'submission') > 0 AS submits,
            toUnixTimestamp64Milli(minIf(received_at, kind = 'submission')) AS known_ms,
            toUnixTimestamp64Milli(minIf(occurred_at, kind = 'submission')) AS submitted_ms,
            countIf(kind = 'report' AND status >= 'expired') > 0 AS ends,
            toUnixTimestamp64Milli(minIf(received_at, kind = 'report' AND status >= 'expired')) AS ended_ms,
            argMinIf((toInt8(status), error_family), (received_at, identity), kind = 'report' AND status >= 'expired') AS end
        FROM events FINAL
        -- most of what these hours hold was told in other minutes
        PREWHERE message GLOBAL IN
        (
            SELECT message
            FROM events
            WHERE home >= since - INTERVAL 2 HOUR AND home < until AND received_at >= since AND received_at < until
        )
        WHERE home >= since - INTERVAL 2 HOUR AND home < until AND received_at < until
            AND kind IN ('report', 'submission')
        GROUP BY message
        HAVING (submits AND known_ms >= {since:Int64}) OR (ends AND ended_ms >= {since:Int64})
    )
SELECT minute, source, country, carrier, outcome, submitted, delay, count() AS messages
FROM
(
    SELECT
        source, country, carrier,
        intDiv(known_ms, 60000) AS minute,
        'submitted' AS outcome,
        -- its report was there before it: it says nothing of being late
        if(ends AND intDiv(ended_ms, 60000) < minute, -1, intDiv(submitted_ms, 60000)) AS submitted,
        -1 AS delay
    FROM told
    WHERE submits AND known_ms >= {since:Int64} AND known_ms - home_ms < 7200000
    UNION ALL
    WITH submits AND intDiv(known_ms, 60000) <= intDiv(ended_ms, 60000) AS dated
    SELECT
        source, country, carrier,
        intDiv(ended_ms, 60000) AS minute,
        multiIf(end.1 >= 10, 'delivered', end.2 IN ('absent', 'unknown_number', 'barred'), 'recipient',
            end.2 IN ('', 'unknown'), 'unclassed', 'bad') AS outcome,
        if(dated, intDiv(submitted_ms, 60000), -1) AS submitted,
        if(dated OR home_ms < ended_ms,
            toInt32(floor(4 * log2(greatest((ended_ms - if(dated, submitted_ms, home_ms)) / 1000, 0.25)))) + 8, -1) AS delay
    FROM told
    WHERE ends AND ended_ms >= {since:Int64} AND ended_ms - home_ms < 7200000
)
GROUP BY minute, source, country, carrier, outcome, submitted, delay
ORDER BY minute, source, country, carrier, outcome, submitted, delay
SETTINGS do_not_merge_across_partitions_select_final = 1
