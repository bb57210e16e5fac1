-- Deliveries
-- What became of the messages of a period: delivered, failed, or pending, which is neither.
-- by: source, provider, country, carrier, number_type, channel, told_by, day, hour
--
-- A message belongs to the hour in which it was first heard of. delivered_pct is of the messages whose end is known.
-- Parameters: since and until (excluded) bound the hours, now tells young messages from silent ones, tz cuts days.
SELECT
    /* by: */ source, provider /* :by */,
    sum(d.messages) AS messages,
    sumIf(d.messages, is_delivered) AS delivered,
    sumIf(d.messages, is_final AND NOT is_delivered) AS failed,
    sumIf(d.messages, NOT is_final) AS pending,
    if(final = 0, NULL, round(100 * delivered / final, 2)) AS delivered_pct,
    delivered + failed AS final,
    multiIf(
        final = 0, 'no message has ended yet',
        sumIf(d.messages, NOT is_final AND hour > {now:DateTime64(3, 'UTC')} - INTERVAL 2 HOUR) AS young > 0,
            concat(toString(young), ' pending are of the last hours and may still change'),
        final < 30, 'few messages: the rate says little',
        '') AS note
FROM
(
    SELECT * REPLACE(toTimeZone(hour, {tz:String}) AS hour), toDate(hour, {tz:String}) AS day
    FROM deliveries
    WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
) AS d
GROUP BY ALL
ORDER BY /* by: */ source, provider /* :by */
