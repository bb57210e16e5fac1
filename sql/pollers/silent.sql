-- The messages of a source that were handed in before a time and of which no report has said anything lasting since:
-- what names each of them, for the record of its time-out. Of a person who was forgotten nothing can name it any more.
SELECT message_id, message_key, any(recipient)
FROM events
WHERE source = {source:String}
    AND kind IN ('report', 'submission')
    AND home >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND NOT startsWith(recipient, 'forgotten-')
    AND (message_id, recipient) GLOBAL IN
    (
        SELECT message_id, recipient
        FROM delivrd.messages
        WHERE source = {source:String}
            AND home >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND NOT is_final
            AND status != 'unknown'
            AND ifNull(submitted_at, first_seen_at) < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
    )
GROUP BY message_id, message_key
