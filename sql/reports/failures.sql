-- Failures
-- Why the messages of a period failed, the commonest first; pending ones have not failed and are not here.
-- by: source, provider, country, carrier, number_type, channel, sender, status, error_family, error_code, error_text, provider_status, day, hour
--
-- A message belongs to the period in which it was first heard of. pct is of all failed messages of the period, and
-- for_example one of the messages, for `delivrd explain`.
-- Parameters: since and until (excluded) bound the period, tz cuts days; now is not used.
SELECT
    /* by: */ source, status, error_family, error_code, error_text /* :by */,
    count() AS failed,
    round(100 * failed / of_failed, 2) AS pct,
    sum(count()) OVER () AS of_failed,
    min(final_at) AS first_at,
    max(final_at) AS last_at,
    min(message_id) AS for_example,
    if(of_failed < 30, 'few failures: the shares say little', '') AS note
FROM
(
    SELECT *, toDate(home, {tz:String}) AS day, toStartOfHour(home, {tz:String}) AS hour
    FROM messages
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')} AND is_final AND NOT is_delivered
)
GROUP BY ALL
ORDER BY failed DESC, /* by: */ source, status, error_family, error_code, error_text /* :by */
