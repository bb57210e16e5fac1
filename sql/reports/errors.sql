-- Busiest errors
-- The errors that most messages of a period died of, and where and when each was at its worst.
-- by: source, provider, status, error_family, error_code, error_text, provider_status
--
-- A message belongs to the hour in which it was first heard of. share_pct is of all failures of the period.
-- Parameters: since and until (excluded) bound the hours, tz is that of worst_hour; now is not used.
WITH
    sumMap(map(trimBoth(concat(country, ' ', carrier)), d.messages)) AS by_carrier,
    sumMap(map(hour, d.messages)) AS by_hour,
    arrayMax((place, number) -> (number, place), mapKeys(by_carrier), mapValues(by_carrier)) AS worst_place,
    arrayMax((start, number) -> (number, start), mapKeys(by_hour), mapValues(by_hour)) AS worst_time
SELECT
    /* by: */ source, error_family, error_code, error_text /* :by */,
    sum(d.messages) AS failed,
    round(100 * failed / of_failed, 2) AS share_pct,
    sum(failed) OVER () AS of_failed,
    length(by_carrier) AS carriers,
    worst_place.2 AS worst_at,
    worst_place.1 AS failed_there,
    toTimeZone(worst_time.2, {tz:String}) AS worst_hour,
    worst_time.1 AS failed_then,
    min(example) AS for_example
FROM deliveries AS d
WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
    AND is_final AND NOT is_delivered
GROUP BY ALL
ORDER BY failed DESC, /* by: */ source, error_family, error_code, error_text /* :by */
