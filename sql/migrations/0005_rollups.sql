-- Figures by hour and by day, made of the messages and made anew whenever facts come in, however late.
--
-- Each insert into events notes the hours that it touches. Every ten seconds a view works such hours out again from
-- their messages, each whole, under a new version; readers take the newest version of each hour, so that no figure
-- is ever added to. Days are made of hours in the same way.

-- Which hours' figures may have moved, and when. It keeps no tokens on purpose: an insert that is tried again has to
-- touch its hours again, because the first time they may have been worked out before all its rows were there.
CREATE TABLE IF NOT EXISTS ${LOCAL}.touched
(
    hour DateTime('UTC'),
    urgent Bool,
    at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = ${REPLICATED}AggregatingMergeTree(${REPLICA})
ORDER BY (hour, urgent)
SETTINGS non_replicated_deduplication_window = 0, replicated_deduplication_window = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS ${LOCAL}.fill_touched TO ${LOCAL}.touched AS
SELECT toStartOfHour(home) AS hour, false AS urgent, now64(3, 'UTC') AS at
FROM ${LOCAL}.events
WHERE kind IN ('report', 'submission')
GROUP BY hour;

-- For how many days events are kept, 0 for ever: what is older is sealed.
CREATE TABLE IF NOT EXISTS ${LOCAL}.kept
(
    days UInt32,
    since DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}since)
ORDER BY tuple()
SETTINGS ${WINDOW};

-- One row a route, state and version; `start` is that of the hour. Old versions go in merges.
CREATE TABLE IF NOT EXISTS ${LOCAL}.hourly
(
    start DateTime('UTC') CODEC(Delta, ZSTD),
    version DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    source LowCardinality(String),
    provider LowCardinality(String),
    country LowCardinality(String),
    carrier LowCardinality(String),
    number_type LowCardinality(String),
    channel LowCardinality(String),
    currency LowCardinality(String),
    told_by Enum8('' = 0, 'webhook' = 1, 'poll' = 2, 'both' = 3, 'submission' = 4, 'import' = 5),
    status Enum8('' = 0, 'queued' = 1, 'accepted' = 2, 'sending' = 3, 'sent' = 4, 'unknown' = 5, 'expired' = 6,
        'undeliverable' = 7, 'rejected' = 8, 'failed' = 9, 'delivered' = 10, 'read' = 11),
    error_family Enum8('' = 0, 'absent' = 1, 'unknown_number' = 2, 'unroutable' = 3, 'barred' = 4, 'filtered' = 5,
        'network' = 6, 'handset' = 7, 'expired' = 8, 'balance' = 9, 'message' = 10, 'regulation' = 11, 'gateway' = 12,
        'unknown' = 13),
    -- kept of failures and of unknown states only, so that the others stay few rows
    provider_status LowCardinality(String),
    error_code LowCardinality(String),
    error_text String CODEC(ZSTD),
    example SimpleAggregateFunction(min, String) CODEC(ZSTD),
    messages UInt64 CODEC(T64, ZSTD),
    submitted UInt64 CODEC(T64, ZSTD),
    segments UInt64 CODEC(T64, ZSTD),
    priced UInt64 CODEC(T64, ZSTD),
    cost Float64 CODEC(ZSTD),
    timed_from_submission UInt64 CODEC(T64, ZSTD),
    timed_from_first_sight UInt64 CODEC(T64, ZSTD),
    from_submission AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Int64) CODEC(ZSTD),
    from_first_sight AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Int64) CODEC(ZSTD)
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}version)
PARTITION BY toYYYYMM(start)
PRIMARY KEY (start, source)
ORDER BY (start, source, provider, country, carrier, number_type, channel, currency, told_by, status, error_family,
    provider_status, error_code, error_text)
SETTINGS ${WINDOW};

-- The same by day (UTC). Its version is the newest of its hours.
CREATE TABLE IF NOT EXISTS ${LOCAL}.daily AS ${LOCAL}.hourly
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}version)
PARTITION BY toYYYYMM(start)
PRIMARY KEY (start, source)
ORDER BY (start, source, provider, country, carrier, number_type, channel, currency, told_by, status, error_family,
    provider_status, error_code, error_text)
SETTINGS ${WINDOW};

CREATE VIEW IF NOT EXISTS ${LOCAL}.newest_hourly AS
SELECT *
FROM ${LOCAL}.hourly
WHERE (start, version) IN (SELECT start, max(version) FROM ${LOCAL}.hourly GROUP BY start);

CREATE VIEW IF NOT EXISTS ${LOCAL}.newest_daily AS
SELECT *
FROM ${LOCAL}.daily
WHERE (start, version) IN (SELECT start, max(version) FROM ${LOCAL}.daily GROUP BY start);

-- Works out what was touched since it was worked out, newest first, at most so much at once that a run takes seconds.
-- * An insert may take up to three minutes from its touch to its last row: so long, an hour is worked out again.
-- * An hour that is over is worked out at most every fiftieth of its age: what comes days late does not set all days in
--   motion.
-- * What is older than events are kept is sealed: its figures outlive its events.
-- Codes as in the storage: status 5 is unknown; latency_from 1 is submission, 2 first sight.
CREATE MATERIALIZED VIEW IF NOT EXISTS ${LOCAL}.roll_hourly REFRESH EVERY 10 SECOND APPEND TO ${LOCAL}.hourly
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    (SELECT argMax(days, since) FROM ${LOCAL}.kept) AS keep_days,
    now64(3, 'UTC') AS present,
    stale AS
    (
        SELECT hour
        FROM (SELECT hour, max(at) AS moved, maxIf(at, urgent) AS urged FROM ${LOCAL}.touched GROUP BY hour) AS moves
        LEFT JOIN (SELECT start, max(version) AS version FROM ${LOCAL}.hourly GROUP BY start) AS worked ON start = hour
        WHERE moved > version - INTERVAL 3 MINUTE
            AND (urged > version
                OR version < present - toIntervalSecond(greatest(0, age('second', hour, present) - 3600) / 50))
            AND (keep_days = 0 OR hour >= present - toIntervalDay(keep_days) - INTERVAL 2 HOUR)
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
        FROM (SELECT hour, rows, sum(rows) OVER (ORDER BY hour DESC) AS so_far FROM sized)
        WHERE so_far - rows < 2000000
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

CREATE MATERIALIZED VIEW IF NOT EXISTS ${LOCAL}.roll_daily REFRESH EVERY 30 SECOND APPEND TO ${LOCAL}.daily
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    newest AS (SELECT start, max(version) AS version FROM ${LOCAL}.hourly GROUP BY start),
    stale AS
    (
        SELECT hours.day AS day, hours.version AS version
        FROM (SELECT toStartOfDay(start) AS day, max(version) AS version FROM newest GROUP BY day) AS hours
        LEFT JOIN (SELECT start AS day, max(version) AS version FROM ${LOCAL}.daily GROUP BY day) AS days USING (day)
        WHERE hours.version > days.version
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

CREATE OR REPLACE VIEW ${PUBLIC}.deliveries
(
    hour DateTime('UTC') COMMENT 'Hour (UTC) in which the messages were first heard of. Filter on this',
    source LowCardinality(String) COMMENT 'Configured account, e.g. integrax-br',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. integrax',
    country LowCardinality(String) COMMENT 'Country of the recipient''s number, ISO 3166 (BR), empty where it is not known',
    carrier LowCardinality(String) COMMENT 'Carrier of the number''s range; ported numbers are not known',
    number_type LowCardinality(String) COMMENT 'Type of the recipient''s number: mobile, fixed_line, …',
    channel LowCardinality(String) COMMENT 'sms, rcs, whatsapp or unknown',
    told_by Enum8('' = 0, 'webhook' = 1, 'poll' = 2, 'both' = 3, 'submission' = 4, 'import' = 5)
        COMMENT 'Who told their reports: webhook, poll or both; else import, else submission (no report so far)',
    status Enum8('' = 0, 'queued' = 1, 'accepted' = 2, 'sending' = 3, 'sent' = 4, 'unknown' = 5, 'expired' = 6,
        'undeliverable' = 7, 'rejected' = 8, 'failed' = 9, 'delivered' = 10, 'read' = 11) COMMENT 'Present state',
    is_final Bool COMMENT 'The state says how they ended: delivered, read, or failed in one way or another',
    is_delivered Bool COMMENT 'The state is delivered or read',
    error_family Enum8('' = 0, 'absent' = 1, 'unknown_number' = 2, 'unroutable' = 3, 'barred' = 4, 'filtered' = 5,
        'network' = 6, 'handset' = 7, 'expired' = 8, 'balance' = 9, 'message' = 10, 'regulation' = 11, 'gateway' = 12,
        'unknown' = 13)
        COMMENT 'What kind of error it was, whatever the provider calls it; empty where there is none',
    provider_status LowCardinality(String)
        COMMENT 'The state in the provider''s own words, of failures and unknown states; else empty',
    error_code LowCardinality(String) COMMENT 'Error code of failures and unknown states, as the provider gave it',
    error_text String COMMENT 'Error in words of failures and unknown states, as the provider gave it',
    example String COMMENT 'The id of one of the failures or unknown states',
    messages UInt64 COMMENT 'Number of messages; add these, never count rows',
    submitted UInt64 COMMENT 'Number of those whose submission is known',
    segments UInt64 COMMENT 'Sum of the parts they were sent in, as far as known',
    priced UInt64 COMMENT 'Number of those whose price is known',
    cost Float64 COMMENT 'Sum of the known prices, in currency',
    currency LowCardinality(String) COMMENT 'Currency of cost, ISO 4217; empty where there is no price',
    timed_from_submission UInt64 COMMENT 'Number of delivered ones of which from_submission is',
    timed_from_first_sight UInt64 COMMENT 'Number of delivered ones of which from_first_sight is',
    from_submission AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Int64)
        COMMENT 'Milliseconds from submission to delivery: quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(from_submission)',
    from_first_sight AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Int64)
        COMMENT 'The same from the first word that reached us, of messages whose submission is not known',
    as_of DateTime64(3, 'UTC') COMMENT 'When the hour''s figures were worked out'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    start AS hour, source, provider, country, carrier, number_type, channel, told_by, status,
    toBool(status >= 'expired') AS is_final, toBool(status >= 'delivered') AS is_delivered, error_family,
    provider_status, error_code, error_text, example, messages, submitted, segments, priced, cost, currency, timed_from_submission,
    timed_from_first_sight, from_submission, from_first_sight, version AS as_of
FROM ${STORE}.newest_hourly
COMMENT 'Messages by hour, route and state: counts that follow every late report within seconds or, of an hour that is over, within a fiftieth of its age';

CREATE OR REPLACE VIEW ${PUBLIC}.deliveries_daily
(
    day Date COMMENT 'Day (UTC) in which the messages were first heard of. Filter on this',
    source LowCardinality(String) COMMENT 'Configured account, e.g. integrax-br',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. integrax',
    country LowCardinality(String) COMMENT 'Country of the recipient''s number, ISO 3166 (BR), empty where it is not known',
    carrier LowCardinality(String) COMMENT 'Carrier of the number''s range; ported numbers are not known',
    number_type LowCardinality(String) COMMENT 'Type of the recipient''s number: mobile, fixed_line, …',
    channel LowCardinality(String) COMMENT 'sms, rcs, whatsapp or unknown',
    told_by Enum8('' = 0, 'webhook' = 1, 'poll' = 2, 'both' = 3, 'submission' = 4, 'import' = 5)
        COMMENT 'Who told their reports: webhook, poll or both; else import, else submission (no report so far)',
    status Enum8('' = 0, 'queued' = 1, 'accepted' = 2, 'sending' = 3, 'sent' = 4, 'unknown' = 5, 'expired' = 6,
        'undeliverable' = 7, 'rejected' = 8, 'failed' = 9, 'delivered' = 10, 'read' = 11) COMMENT 'Present state',
    is_final Bool COMMENT 'The state says how they ended: delivered, read, or failed in one way or another',
    is_delivered Bool COMMENT 'The state is delivered or read',
    error_family Enum8('' = 0, 'absent' = 1, 'unknown_number' = 2, 'unroutable' = 3, 'barred' = 4, 'filtered' = 5,
        'network' = 6, 'handset' = 7, 'expired' = 8, 'balance' = 9, 'message' = 10, 'regulation' = 11, 'gateway' = 12,
        'unknown' = 13)
        COMMENT 'What kind of error it was, whatever the provider calls it; empty where there is none',
    provider_status LowCardinality(String)
        COMMENT 'The state in the provider''s own words, of failures and unknown states; else empty',
    error_code LowCardinality(String) COMMENT 'Error code of failures and unknown states, as the provider gave it',
    error_text String COMMENT 'Error in words of failures and unknown states, as the provider gave it',
    example String COMMENT 'The id of one of the failures or unknown states',
    messages UInt64 COMMENT 'Number of messages; add these, never count rows',
    submitted UInt64 COMMENT 'Number of those whose submission is known',
    segments UInt64 COMMENT 'Sum of the parts they were sent in, as far as known',
    priced UInt64 COMMENT 'Number of those whose price is known',
    cost Float64 COMMENT 'Sum of the known prices, in currency',
    currency LowCardinality(String) COMMENT 'Currency of cost, ISO 4217; empty where there is no price',
    timed_from_submission UInt64 COMMENT 'Number of delivered ones of which from_submission is',
    timed_from_first_sight UInt64 COMMENT 'Number of delivered ones of which from_first_sight is',
    from_submission AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Int64)
        COMMENT 'Milliseconds from submission to delivery: quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(from_submission)',
    from_first_sight AggregateFunction(quantilesBFloat16(0.5, 0.9, 0.95, 0.99), Int64)
        COMMENT 'The same from the first word that reached us, of messages whose submission is not known',
    as_of DateTime64(3, 'UTC') COMMENT 'When the newest of its hours was worked out'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    toDate(start) AS day, source, provider, country, carrier, number_type, channel, told_by, status,
    toBool(status >= 'expired') AS is_final, toBool(status >= 'delivered') AS is_delivered, error_family,
    provider_status, error_code, error_text, example, messages, submitted, segments, priced, cost, currency, timed_from_submission,
    timed_from_first_sight, from_submission, from_first_sight, version AS as_of
FROM ${STORE}.newest_daily
COMMENT 'The same by day, for long periods: half a minute behind deliveries';
