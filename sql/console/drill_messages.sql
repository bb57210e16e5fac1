-- Messages of a period, the newest first. What is NULL is not a condition. `hide` masks numbers.
WITH
    extract(recipient, '^\\+?[0-9]{3}') AS beginning,
    text -> if({hide:Bool}, replaceRegexpAll(text,
        '(^|[^0-9A-Za-z_-])(\\+?[0-9](?:[ ()-]{0,2}[0-9]){2})(?:[ ()-]{0,2}[0-9]){3,10}((?:[ ()-]{0,2}[0-9]){2})',
        '\\1\\2***\\3'), text) AS masked
SELECT
    home, source, message_id,
    if({hide:Bool} AND match(recipient, '^\\+?[0-9]{8,15}$'),
        concat(beginning, repeat('*', length(recipient) - length(beginning) - 2), substring(recipient, -2)),
        recipient) AS recipient,
    country, carrier, status, masked(m.provider_status) AS provider_status,
    masked(m.error_code) AS error_code, error_family, masked(m.error_text) AS error_text,
    latency_ms, state_at
FROM messages AS m
WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
    AND ({source:Nullable(String)} IS NULL OR source = {source:Nullable(String)})
    AND ({country:Nullable(String)} IS NULL OR country = {country:Nullable(String)})
    AND ({carrier:Nullable(String)} IS NULL OR carrier = {carrier:Nullable(String)})
    AND ({family:Nullable(String)} IS NULL OR toString(error_family) = {family:Nullable(String)})
ORDER BY home DESC, message_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
