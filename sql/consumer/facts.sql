-- What is known of the asked messages: each fact with its newest reading and where its first telling stands.
-- asked (home Int64 in ms, message UInt64) is sent along.
SELECT
    message,
    identity,
    argMax((reading, toUnixTimestamp64Milli(received_at), toString(log), log_partition, log_offset), version)
FROM events
WHERE (toStartOfHour(home), message) IN
    (SELECT toStartOfHour(fromUnixTimestamp64Milli(home, 'UTC')), message FROM asked)
GROUP BY message, identity
