-- Inbound
-- What people wrote to you in a period: how many messages, of how many senders, and when the last one came.
-- by: source, provider, country, carrier, number_type, channel, recipient, sender, device_id, day, hour
--
-- A message belongs to the period in which it was first heard of.
-- Parameters: since and until (excluded) bound the period, tz cuts days; now is not used.
SELECT
    /* by: */ source, country /* :by */,
    count() AS messages,
    uniqExact(i.sender) AS senders,
    countIf(text != '') AS with_text,
    toTimeZone(min(received_at), {tz:String}) AS first_at,
    toTimeZone(max(received_at), {tz:String}) AS last_at
FROM
(
    SELECT *, toDate(home, {tz:String}) AS day, toStartOfHour(home, {tz:String}) AS hour
    FROM inbound
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
) AS i
GROUP BY ALL
ORDER BY messages DESC, /* by: */ source, country /* :by */
