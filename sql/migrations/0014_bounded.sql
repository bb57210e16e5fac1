-- A run of the days takes a few of them, the newest first, so that a year that comes in at once needs no more memory
-- than a day does. But for that as in 0005_rollups.sql.
ALTER TABLE ${LOCAL}.roll_daily MODIFY QUERY
WITH
    newest AS (SELECT start, max(version) AS version FROM ${LOCAL}.hourly GROUP BY start),
    stale AS
    (
        SELECT hours.day AS day, hours.version AS version
        FROM (SELECT toStartOfDay(start) AS day, max(version) AS version FROM newest GROUP BY day) AS hours
        LEFT JOIN (SELECT start AS day, max(version) AS version FROM ${LOCAL}.daily GROUP BY day) AS days USING (day)
        WHERE hours.version > days.version
        ORDER BY day DESC
        LIMIT 3
    )
SELECT
    stale.day AS start,
    stale.version AS version,
    source, provider, country, carrier, number_type, channel, currency, told_by, status, error_family,
    provider_status, error_code, error_text,
    min(h.example) AS example,
    sum(h.messages) AS messages,
    sum(h.submitted) AS submitted,
    sum(h.segments) AS segments,
    sum(h.priced) AS priced,
    sum(h.cost) AS cost,
    sum(h.timed_from_submission) AS timed_from_submission,
    sum(h.timed_from_first_sight) AS timed_from_first_sight,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(h.from_submission) AS from_submission,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(h.from_first_sight) AS from_first_sight
FROM (
    SELECT *, toStartOfDay(start) AS day
    FROM ${LOCAL}.hourly
    WHERE (start, version) IN (SELECT start, version FROM newest) AND toStartOfDay(start) IN (SELECT day FROM stale)
) AS h
INNER JOIN stale ON stale.day = h.day
GROUP BY ALL
SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 1073741824, min_insert_block_size_bytes = 1099511627776;
