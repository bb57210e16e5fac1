-- The figures of whole days again, in other words, as a new version; what reads the same now is added up.
-- words (old String, new String) is sent along, so that no log of queries has them.
INSERT INTO {database:Identifier}.hourly
WITH
    (SELECT groupArray(old) FROM words) AS old,
    (SELECT groupArray(new) FROM words) AS new
SELECT
    start,
    fromUnixTimestamp64Milli({version:Int64}, 'UTC') AS version,
    source, provider, country, carrier, number_type, channel, currency, told_by, status, error_family,
    transform(toString(h.provider_status), old, new, toString(h.provider_status)) AS provider_status,
    transform(toString(h.error_code), old, new, toString(h.error_code)) AS error_code,
    transform(h.error_text, old, new, h.error_text) AS error_text,
    min(transform(h.example, old, new, h.example)) AS example,
    sum(h.messages) AS messages,
    sum(h.submitted) AS submitted,
    sum(h.segments) AS segments,
    sum(h.priced) AS priced,
    sum(h.cost) AS cost,
    sum(h.timed_from_submission) AS timed_from_submission,
    sum(h.timed_from_first_sight) AS timed_from_first_sight,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(h.from_submission) AS from_submission,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(h.from_first_sight) AS from_first_sight
FROM {database:Identifier}.newest_hourly AS h
WHERE toStartOfDay(start) IN {days:Array(DateTime('UTC'))}
GROUP BY ALL
-- an hour comes in whole or not at all: one block
SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 1073741824, min_insert_block_size_bytes = 1099511627776
