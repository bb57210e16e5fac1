-- Latency
-- How many seconds the delivered messages of a period took: p50, p90, p95 and p99, and where they are counted from.
-- by: source, provider, country, carrier, number_type, channel, told_by, day, hour
--
-- counted_from is `submission` where it is known when you handed a message over, else `first_sight`: its first word
-- that reached us, which is later, so that the two are never mixed. Where the final report was the first word, there
-- is nothing to count from: these messages are only counted, as `nothing`. A figure may be off by one part in 128.
-- A message belongs to the hour in which it was first heard of.
-- Parameters: since and until (excluded) bound the hours, now tells what may still be delivered, tz cuts days.
SELECT
    /* by: */ source, provider /* :by */,
    counted.1 AS counted_from,
    counted.2 AS delivered,
    round(counted.3[1] / 1000, 1) AS p50_s,
    round(counted.3[2] / 1000, 1) AS p90_s,
    round(counted.3[3] / 1000, 1) AS p95_s,
    round(counted.3[4] / 1000, 1) AS p99_s,
    multiIf(
        counted_from = 'nothing', 'the final report was the first word',
        young > 0, concat(toString(young), ' are of the last hours and pending: the slow ones are still missing'),
        delivered < 100, 'few messages: p99 is about the slowest of them',
        '') AS note
FROM
(
    SELECT
        /* by: */ source, provider /* :by */,
        sumIf(d.messages, NOT is_final AND hour > {now:DateTime64(3, 'UTC')} - INTERVAL 2 HOUR) AS young,
        sum(d.timed_from_submission) AS submitted,
        sum(d.timed_from_first_sight) AS seen,
        arrayJoin([
            ('submission', submitted, quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(d.from_submission)),
            ('first_sight', seen, quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(d.from_first_sight)),
            ('nothing', toUInt64(sumIf(d.messages, is_delivered) - submitted - seen), [nan, nan, nan, nan])]) AS counted
    FROM
    (
        SELECT * REPLACE(toTimeZone(hour, {tz:String}) AS hour), toDate(hour, {tz:String}) AS day
        FROM deliveries
        WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
    ) AS d
    GROUP BY ALL
)
WHERE delivered > 0
ORDER BY /* by: */ source, provider /* :by */, counted_from
