-- Figures that were sealed stay sealed, and the last facts of an hour are in them.
--
-- An hour is sealed a day after its messages are past what is kept. Within that day nothing more can come for it, and
-- what came last is worked out, whenever the hour was worked out before. Where messages are kept longer from some day
-- on, the hours that were sealed until then lack messages: they stay as they are.

-- `sealed` is what was sealed when the row was noted.
ALTER TABLE ${LOCAL}.kept ADD COLUMN IF NOT EXISTS sealed DateTime('UTC');

-- One row: hours before this are never worked out again; messages with homes before `closed` are past what is kept.
CREATE OR REPLACE VIEW ${LOCAL}.sealed AS
SELECT
    if(days = 0, toDateTime(0, 'UTC'), now('UTC') - toIntervalDay(days)) AS closed,
    greatest(noted, if(days = 0, closed, closed - INTERVAL 1 DAY)) AS before
FROM (SELECT argMax(days, since) AS days, max(sealed) AS noted FROM ${LOCAL}.kept);

-- As in 0005_rollups.sql, but for what is sealed, and for how much is worked out at once: the newest hour, and of the
-- others so much that it fits in memory where each message has a route of its own.
ALTER TABLE ${LOCAL}.roll_hourly MODIFY QUERY
WITH
    (SELECT (before, closed) FROM ${LOCAL}.sealed) AS seals,
    now64(3, 'UTC') AS present,
    stale AS
    (
        SELECT hour
        FROM (SELECT hour, max(at) AS moved, maxIf(at, urgent) AS urged FROM ${LOCAL}.touched GROUP BY hour) AS moves
        LEFT JOIN (SELECT start, max(version) AS version FROM ${LOCAL}.hourly GROUP BY start) AS worked ON start = hour
        WHERE moved > version - INTERVAL 3 MINUTE
            AND (urged > version
                OR version < present - toIntervalSecond(greatest(0, age('second', hour, present) - 3600) / 50)
                OR hour + INTERVAL 1 HOUR < seals.2)
            AND hour >= seals.1
    ),
    sized AS
    (
        SELECT toStartOfHour(home) AS hour, count() AS rows
        FROM ${LOCAL}.messages
        WHERE toStartOfHour(home) IN (SELECT hour FROM stale)
        GROUP BY hour
    ),
    due AS
    (
        SELECT hour
        FROM
        (
            SELECT
                hour, rows, sum(rows) OVER (ORDER BY hour DESC) AS so_far,
                first_value(rows) OVER (ORDER BY hour DESC) AS newest
            FROM sized
        )
        WHERE so_far <= newest + rows + 400000
    ),
    is_final AND NOT is_delivered OR status = 5 AS is_worded,
    is_delivered AND latency_from = 1 AS is_timed_from_submission,
    is_delivered AND latency_from = 2 AS is_timed_from_first_sight
SELECT
    toStartOfHour(home) AS start,
    present AS version,
    source,
    provider,
    country,
    carrier,
    number_type,
    channel,
    currency,
    told_by,
    status,
    error_family,
    if(is_worded, s.provider_status, '') AS provider_status,
    if(is_worded, s.error_code, '') AS error_code,
    if(is_worded, s.error_text, '') AS error_text,
    if(is_worded, min(s.message_id), '') AS example,
    count() AS messages,
    countIf(submitted_at IS NOT NULL) AS submitted,
    sum(ifNull(s.segments, 0)) AS segments,
    count(s.cost) AS priced,
    sum(ifNull(s.cost, 0)) AS cost,
    countIf(is_timed_from_submission) AS timed_from_submission,
    countIf(is_timed_from_first_sight) AS timed_from_first_sight,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(
        assumeNotNull(latency_ms), is_timed_from_submission) AS from_submission,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(
        assumeNotNull(latency_ms), is_timed_from_first_sight) AS from_first_sight
FROM ${LOCAL}.states AS s
WHERE toStartOfHour(home) IN (SELECT hour FROM due)
GROUP BY ALL
-- an hour comes in whole or not at all: one block
SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 1073741824, min_insert_block_size_bytes = 1099511627776;

-- Months go as a whole here, too, where figures are not kept for ever.
ALTER TABLE ${LOCAL}.hourly MODIFY SETTING ttl_only_drop_parts = 1;
ALTER TABLE ${LOCAL}.daily MODIFY SETTING ttl_only_drop_parts = 1;
