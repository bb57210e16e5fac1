-- The messages of a period: in sum (hour -1, source empty), by hour, counted from its beginning, and by source.
-- covered is how many of those older than an hour have a final report.
SELECT
    if(grouping(hour) = 0, hour, -1) AS hour_of_period,
    if(grouping(source) = 0, toString(source), '') AS of_source,
    count() AS messages,
    countIf(is_delivered) AS delivered,
    countIf(is_final AND NOT is_delivered) AS failed,
    countIf(NOT is_final) AS open,
    countIf(mature) AS older_than_an_hour,
    countIf(mature AND is_final) AS covered,
    quantileTDigestIf(0.5)(latency_ms, is_delivered) AS p50_ms,
    quantileTDigestIf(0.95)(latency_ms, is_delivered) AS p95_ms
FROM
(
    SELECT
        dateDiff('hour', {since:DateTime64(3, 'UTC')}, home) AS hour,
        home < {now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR AS mature,
        source, is_delivered, is_final, latency_ms
    FROM messages
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
)
GROUP BY GROUPING SETS ((), (hour), (source))
ORDER BY hour_of_period, of_source
