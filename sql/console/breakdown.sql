-- Messages of a period by one of: source, country, carrier, hour, family. What is NULL is not a condition.
-- Latency counts from the submission where it is known, else from the first word about a message.
-- Whole days are read as days, which have a quarter of the rows.
WITH
    toStartOfDay({since:DateTime64(3, 'UTC')} + INTERVAL 86399 SECOND) AS first_day,
    if({by:String} = 'hour', first_day, toStartOfDay({until:DateTime64(3, 'UTC')})) AS days_end,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(d.from_submission) AS submission_ms,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(d.from_first_sight) AS first_sight_ms,
    if(isNaN(submission_ms[1]), first_sight_ms, submission_ms) AS latency_ms
SELECT
    CASE {by:String}
        WHEN 'source' THEN toString(d.source)
        WHEN 'country' THEN toString(d.country)
        WHEN 'carrier' THEN toString(d.carrier)
        WHEN 'hour' THEN formatDateTime(d.hour, '%Y-%m-%dT%H:%i')
        ELSE toString(d.error_family)
    END AS part,
    sum(d.messages) AS messages,
    sumIf(d.messages, d.is_delivered) AS delivered,
    sumIf(d.messages, d.is_final AND NOT d.is_delivered) AS failed,
    sumIf(d.messages, NOT d.is_final) AS open,
    if(isNaN(latency_ms[1]), NULL, latency_ms[1]) AS p50_ms,
    if(isNaN(latency_ms[3]), NULL, latency_ms[3]) AS p95_ms
FROM
(
    SELECT
        hour, source, country, carrier, error_family, is_delivered, is_final, messages, from_submission, from_first_sight
    FROM deliveries
    WHERE hour >= {since:DateTime64(3, 'UTC')} AND hour < {until:DateTime64(3, 'UTC')}
        AND NOT (hour >= first_day AND hour < days_end)
    UNION ALL
    SELECT
        toDateTime(day, 'UTC') AS hour, source, country, carrier, error_family, is_delivered, is_final, messages,
        from_submission, from_first_sight
    FROM deliveries_daily
    WHERE day >= toDate(first_day) AND day < toDate(days_end)
) AS d
WHERE ({source:Nullable(String)} IS NULL OR d.source = {source:Nullable(String)})
    AND ({country:Nullable(String)} IS NULL OR d.country = {country:Nullable(String)})
    AND ({carrier:Nullable(String)} IS NULL OR d.carrier = {carrier:Nullable(String)})
    AND ({family:Nullable(String)} IS NULL OR toString(d.error_family) = {family:Nullable(String)})
GROUP BY part
ORDER BY if({by:String} = 'hour', 0, messages) DESC, part
LIMIT 2000
