-- The events that may name a number, and all of the messages that are known to be about it.
-- asked (pattern String) and messages (hour UInt32, message UInt64) are sent along, so that no log of queries has them.
SELECT
    toUnixTimestamp(toStartOfHour(home)) AS hour, message, toUInt64(bitShiftRight(identity, 64)) AS fact, toString(kind),
    source, message_id, message_key, recipient, sender, provider_status, error_code, error_text, customer_ref, text, extra
FROM {database:Identifier}.events
WHERE (toUnixTimestamp(toStartOfHour(home)), message) IN (SELECT hour, message FROM messages)
    OR match(concat(recipient, '    ', sender, '    ', message_id, '    ', message_key, '    ', provider_status, '    ',
        error_code, '    ', error_text, '    ', customer_ref, '    ', text, '    ', extra), (SELECT pattern FROM asked))
