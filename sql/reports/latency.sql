-- Latency
-- How many seconds the delivered messages of a period took: p50, p90, p95 and p99, and where they are counted from.
-- by: source, provider, country, carrier, number_type, channel, sender, told_by, day, hour
--
-- counted_from is `submission` where it is known when you handed a message over, else `first_sight`: its first word
-- that reached us, which is later, so that the two are never mixed. Where the final report was the first word, there
-- is nothing to count from: these messages are only counted, as `nothing`.
-- A message belongs to the period in which it was first heard of.
-- Parameters: since and until (excluded) bound the period, now tells what may still be delivered, tz cuts days.
SELECT
    /* by: */ source, provider /* :by */,
    if(latency_from = '', 'nothing', toString(latency_from)) AS counted_from,
    countIf(is_delivered) AS delivered,
    round(quantileExactIf(0.5)(latency_ms, is_delivered) / 1000, 1) AS p50_s,
    round(quantileExactIf(0.9)(latency_ms, is_delivered) / 1000, 1) AS p90_s,
    round(quantileExactIf(0.95)(latency_ms, is_delivered) / 1000, 1) AS p95_s,
    round(quantileExactIf(0.99)(latency_ms, is_delivered) / 1000, 1) AS p99_s,
    multiIf(
        counted_from = 'nothing', 'the final report was the first word',
        sum(countIf(NOT is_final AND home > {now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR))
            OVER (PARTITION BY /* by: */ source, provider /* :by */) AS young > 0,
            concat(toString(young), ' are younger than an hour and pending: the slow ones are still missing'),
        delivered < 100, 'few messages: p99 is about the slowest of them',
        '') AS note
FROM
(
    SELECT *, toDate(home, {tz:String}) AS day, toStartOfHour(home, {tz:String}) AS hour
    FROM messages
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
)
GROUP BY ALL
QUALIFY delivered > 0
ORDER BY /* by: */ source, provider /* :by */, counted_from
