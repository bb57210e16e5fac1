-- Closes open dead letters: {state} is what was decided. asked (id UInt128) is sent along.
INSERT INTO dead_letters
SELECT
    id, {state:String} AS state, source, provider, type, reason, detail, received_at,
    fromUnixTimestamp64Milli({at:Int64}, 'UTC') AS changed_at, request_id, content_type, context, body,
    log, log_partition, log_offset
FROM dead_letters AS letter FINAL
WHERE id IN (SELECT id FROM asked) AND letter.state = 'open'
