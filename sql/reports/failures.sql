-- Failures
-- Why the messages of a period failed, the commonest first, and how that was a week before.
-- by: source, provider, country, carrier, number_type, channel, status, error_family, error_code, error_text, provider_status, day, hour
--
-- A message belongs to the hour in which it was first heard of; pending ones have not failed and are not here. share_pct
-- is of all failures of the period, rate_pct of all its messages that have ended; change is that rate less the rate of the
-- same hours a week before, in points.
-- Parameters: since and until (excluded) bound the hours, tz cuts days; now is not used.
SELECT
    /* by: */ source, status, error_family, error_code, error_text /* :by */,
    sumIf(f.messages, weeks = 0 AND is_failure) AS failed,
    round(100 * failed / of_failed, 2) AS share_pct,
    sum(failed) OVER () AS of_failed,
    round(100 * failed / of_ended, 2) AS rate_pct,
    sum(sumIf(f.messages, weeks = 0)) OVER () AS of_ended,
    sumIf(f.messages, weeks = 1 AND is_failure) AS failed_before,
    if(of_ended_before = 0, NULL, round(100 * failed_before / of_ended_before, 2)) AS rate_before_pct,
    sum(sumIf(f.messages, weeks = 1)) OVER () AS of_ended_before,
    round(rate_pct - rate_before_pct, 2) AS change,
    minIf(f.hour, weeks = 0 AND is_failure) AS first_hour,
    maxIf(f.hour, weeks = 0 AND is_failure) AS last_hour,
    minIf(f.example, weeks = 0 AND is_failure) AS for_example,
    multiIf(
        of_failed < 30, 'few failures: the shares say little',
        of_ended_before < 30, 'few messages a week before: the change says little',
        '') AS note
FROM
(
    SELECT
        * REPLACE(toTimeZone(hour + toIntervalWeek(weeks), {tz:String}) AS hour),
        NOT is_delivered AS is_failure,
        toDate(hour, {tz:String}) AS day
    FROM (SELECT *, arrayJoin([0, 1]) AS weeks FROM deliveries
        WHERE is_final AND hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) - INTERVAL 1 WEEK
            AND hour < {until:DateTime64(3, 'UTC')})
    WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
) AS f
GROUP BY ALL
QUALIFY failed > 0
ORDER BY failed DESC, /* by: */ source, status, error_family, error_code, error_text /* :by */
