-- Every distinct fact of the asked messages. asked (home Int64 in ms, message UInt64) is sent along.
SELECT
    message, identity, toString(kind), source, provider, toString(origin), message_id, recipient, sender,
    toString(status), provider_status, error_code, toString(error_family), error_text,
    toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(received_at), country, carrier, reading,
    toString(log), log_partition, log_offset
FROM events FINAL
WHERE (toStartOfHour(home), message) IN
    (SELECT toStartOfHour(fromUnixTimestamp64Milli(home, 'UTC')), message FROM asked)
ORDER BY received_at, log_offset
