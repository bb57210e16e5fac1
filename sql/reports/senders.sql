-- Deliveries by sender
-- What became of the messages of a period, by the number or name that they were sent from.
-- by: sender, source, provider, country, carrier, channel, day, hour
--
-- The same as the report on deliveries, counted from the messages themselves, which takes longer.
-- Parameters: since and until (excluded) bound the period, now tells young messages from silent ones, tz cuts days.
SELECT
    /* by: */ sender, source /* :by */,
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
ORDER BY messages DESC, /* by: */ sender, source /* :by */
