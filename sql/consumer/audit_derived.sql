-- The facts of the asked messages that stand in events alone: their message's state does not hold them, or their number
-- does not lead to their message. asked (home Int64 in ms, message UInt64) is sent along.
WITH
    places AS (SELECT toStartOfHour(fromUnixTimestamp64Milli(home, 'UTC')) AS hour, message FROM asked),
    facts AS (
        SELECT
            message,
            identity,
            kind IN ('report', 'submission') AS has_state,
            if(kind = 'inbound', sender, recipient) AS number
        FROM events
        WHERE (toStartOfHour(home), message) IN (SELECT hour, message FROM places))
SELECT DISTINCT message, identity
FROM facts
WHERE (has_state AND (message, toUInt64(bitShiftRight(identity, 64))) NOT IN (
        SELECT message, arrayJoin(mapKeys(facts))
        FROM messages
        WHERE (toStartOfHour(home), message) IN (SELECT hour, message FROM places)))
    OR (number != '' AND (xxh3(number), message) NOT IN (
        SELECT recipient_hash, message
        FROM recipients
        WHERE recipient_hash IN (SELECT xxh3(number) FROM facts)))
