-- The homes of a day's messages.
INSERT INTO homes
SELECT xxh3(message_id) AS id_hash, message, any(events.home) AS home
FROM events
WHERE toDate(events.home) = toDate({end:String}) - {day:UInt16}
GROUP BY message_id, message
