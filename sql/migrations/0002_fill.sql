-- What fills messages and recipients: views that run within each insert into events, under its token.
--
-- A row an event; the table's engine makes one of those of a message, at once within a block and later in merges.
-- 4398046511103 = 2^42 - 1, from which times are subtracted where the earliest must be the greatest.

CREATE MATERIALIZED VIEW IF NOT EXISTS ${LOCAL}.fill_messages TO ${LOCAL}.messages AS
WITH
    toUInt64(bitShiftRight(identity, 64)) AS fact,
    4398046511103 - toUInt64(toUnixTimestamp64Milli(occurred_at)) AS inverted
SELECT
    home,
    message,
    source,
    provider,
    message_id,
    map(fact, toUInt64(bitOr(
        bitOr(bitShiftLeft(toUInt64(reading), 50), bitShiftLeft(toUInt64(toInt8(status)), 46)),
        bitOr(bitShiftLeft(inverted, 4), toUInt64(toInt8(error_family)))))) AS facts,
    map(fact, (reading, provider_status, error_code, error_text)) AS details,
    -- a time-out is nobody's word
    toUInt8(if(kind = 'report' AND provider_status = 'no report', 0, bitShiftLeft(1, toInt8(origin)))) AS origins,
    received_at AS first_seen_at,
    if(kind = 'submission', (reading, inverted), (toUInt16(0), toUInt64(0))) AS submitted,
    if(recipient != '' OR country != '' OR carrier != '',
        (reading, recipient, toString(country), toString(carrier), toString(number_type)),
        (toUInt16(0), '', '', '', '')) AS to_number,
    if(sender != '', (reading, sender), (toUInt16(0), '')) AS from_number,
    if(e.channel NOT IN ('', 'unknown'), (reading, toString(e.channel)), (toUInt16(0), '')) AS channel,
    if(customer_ref != '', (reading, customer_ref), (toUInt16(0), '')) AS customer,
    if(isFinite(assumeNotNull(cost)) AND cost IS NOT NULL, (reading, assumeNotNull(cost), toString(currency)),
        (toUInt16(0), toFloat64(0), '')) AS price,
    if(e.segments != 0, (reading, e.segments), (toUInt16(0), toUInt16(0))) AS segments
FROM ${LOCAL}.events AS e
WHERE kind IN ('report', 'submission');

CREATE MATERIALIZED VIEW IF NOT EXISTS ${LOCAL}.fill_recipients TO ${LOCAL}.recipients AS
SELECT
    xxh3(if(kind = 'inbound', sender, recipient)) AS recipient_hash,
    home,
    message
FROM ${LOCAL}.events
WHERE if(kind = 'inbound', sender, recipient) != '';
