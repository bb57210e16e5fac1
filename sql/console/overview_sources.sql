-- When each source was last heard, and how late its last record was stored.
SELECT
    source,
    provider,
    toUnixTimestamp64Milli(last_webhook_at) AS last_webhook,
    toUnixTimestamp64Milli(last_asked_at) AS last_poll,
    lag_ms
FROM sources
ORDER BY source
