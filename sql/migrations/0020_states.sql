-- As in 0003_public.sql, and a third cheaper where many messages are counted: a fact is compared as the number it is
-- stored as. Statuses from 6 are final, and those from 10 delivered.
CREATE OR REPLACE VIEW ${LOCAL}.states AS
WITH
    -- 2^42 - 1: the time of what never was, as times are stored
    4398046511103 AS never,
    -- status (4 bits) | inverted time (42) | family (4) of each fact
    arrayMap(fact -> bitAnd(fact, 1125899906842623), mapValues(m.facts)) AS told,
    bitShiftRight(arrayMax(told), 46) AS top,
    -- rank | time | identity; statuses 6 to 9, in which it failed one way or another, are of one rank
    arrayMax(
        (identity, fact) -> bitOr(
            bitShiftLeft(
                toUInt128(bitOr(
                    bitShiftLeft(if(bitShiftRight(fact, 46) BETWEEN 6 AND 9, 6, bitShiftRight(fact, 46)), 42),
                    never - bitAnd(bitShiftRight(fact, 4), never))),
                64),
            toUInt128(identity)),
        mapKeys(m.facts), told) AS highest,
    toUInt64(bitAnd(highest, 18446744073709551615)) AS decisive,
    m.facts[decisive] AS fact_of_state,
    toInt8(bitAnd(bitShiftRight(fact_of_state, 46), 15)) AS state,
    m.details[decisive] AS words,
    never - toInt64(
        arrayMax(fact -> if(bitShiftRight(fact, 46) = 4, bitAnd(bitShiftRight(fact, 4), never), 0), told)) AS sent_ms,
    never - toInt64(multiIf(
        top >= 10, arrayMax(fact -> if(bitShiftRight(fact, 46) >= 10, bitAnd(bitShiftRight(fact, 4), never), 0), told),
        top >= 6, arrayMax(fact -> if(bitShiftRight(fact, 46) = state, bitAnd(bitShiftRight(fact, 4), never), 0), told),
        0)) AS final_ms,
    never - toInt64(m.submitted.2) AS submitted_ms,
    toUnixTimestamp64Milli(first_seen_at) AS seen_ms,
    toInt8(multiIf(final_ms = never, 0, m.submitted.2 != 0, 1,
        final_ms > seen_ms AND bitShiftRight(arrayMin(told), 46) < if(top < 10, 6, top), 2, 0)) AS counted_from
SELECT
    source,
    provider,
    message_id,
    m.to_number.2 AS recipient,
    m.from_number.2 AS sender,
    m.customer.2 AS customer_ref,
    state AS status,
    toBool(top >= 6) AS is_final,
    toBool(top >= 10) AS is_delivered,
    words.2 AS provider_status,
    words.3 AS error_code,
    toInt8(bitAnd(fact_of_state, 15)) AS error_family,
    words.4 AS error_text,
    if(m.channel.2 = '', 'unknown', m.channel.2) AS channel,
    m.to_number.3 AS country,
    m.to_number.4 AS carrier,
    m.to_number.5 AS number_type,
    nullIf(m.segments.2, 0) AS segments,
    if(m.price.1 = 0, NULL, m.price.2) AS cost,
    m.price.3 AS currency,
    if(m.submitted.2 = 0, NULL, fromUnixTimestamp64Milli(submitted_ms, 'UTC')) AS submitted_at,
    first_seen_at,
    if(sent_ms = never, NULL, fromUnixTimestamp64Milli(sent_ms, 'UTC')) AS sent_at,
    if(final_ms = never, NULL, fromUnixTimestamp64Milli(final_ms, 'UTC')) AS final_at,
    fromUnixTimestamp64Milli(never - toInt64(bitAnd(bitShiftRight(fact_of_state, 4), never)), 'UTC') AS state_at,
    multiIf(counted_from = 1, greatest(final_ms - submitted_ms, 0), counted_from = 2, final_ms - seen_ms, NULL)
        AS latency_ms,
    counted_from AS latency_from,
    length(m.facts) AS facts,
    toInt8(multiIf(bitAnd(origins, 3) != 0, bitAnd(origins, 3), bitAnd(origins, 8) != 0, 5, 4)) AS told_by,
    home
FROM ${LOCAL}.messages AS m FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;
