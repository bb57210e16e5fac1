-- What each source told of the messages of a period, and when it was last heard in it (0: never).
SELECT
    source, provider, messages, delivered, failed, open,
    toUnixTimestamp64Milli(last_webhook), toUnixTimestamp64Milli(last_poll)
FROM
(
    SELECT
        source,
        any(provider) AS provider,
        maxIf(received_at, origin = 'webhook') AS last_webhook,
        maxIf(received_at, origin = 'poll') AS last_poll
    FROM events
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
    GROUP BY source
) AS heard
LEFT JOIN
(
    SELECT
        source,
        count() AS messages,
        countIf(is_delivered) AS delivered,
        countIf(is_final AND NOT is_delivered) AS failed,
        countIf(NOT is_final) AS open
    FROM messages
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
    GROUP BY source
) AS told USING (source)
ORDER BY source
