-- Deliveries
-- What became of the messages of a period: delivered, failed, or pending, which is neither.
-- by: source, provider, country, carrier, number_type, channel, sender, told_by, day, hour
--
-- A message belongs to the period in which it was first heard of. delivered_pct is of the messages whose end is known.
-- Parameters: since and until (excluded) bound the period, now tells young messages from silent ones, tz cuts days.
SELECT
    /* by: */ source, provider /* :by */,
    count() AS messages,
    countIf(is_delivered) AS delivered,
    countIf(is_final AND NOT is_delivered) AS failed,
    countIf(NOT is_final) AS pending,
    if(final = 0, NULL, round(100 * delivered / final, 2)) AS delivered_pct,
    delivered + failed AS final,
    multiIf(
        final = 0, 'no message has ended yet',
        countIf(NOT is_final AND home > {now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR) AS young > 0,
            concat(toString(young), ' pending are younger than an hour and may still change'),
        final < 30, 'few messages: the rate says little',
        '') AS note
FROM
(
    SELECT *, toDate(home, {tz:String}) AS day, toStartOfHour(home, {tz:String}) AS hour
    FROM messages
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
)
GROUP BY ALL
ORDER BY /* by: */ source, provider /* :by */
