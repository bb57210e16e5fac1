-- What is told of the messages {first} … {first} + {count} - 1 of {total}, which are spread over {days} days up to {end}.
--
-- Six sources of four providers, forty countries, three hundred carriers, days and nights. About 2.5 tellings a message:
-- 3 % of them repeats, 1 % of the final ones up to three days late, 4 % of the messages without a final one.
-- All chance is a hash of the message's number, so that it is the same traffic each time.
INSERT INTO events
(
    home, message, identity, reading, kind, source, provider, origin, message_id, message_key, recipient, status,
    provider_status, error_code, error_family, error_text, occurred_at, received_at, channel, country, carrier, number_type,
    segments, cost, currency, log, log_partition, log_offset
)
WITH
    arrayMap(i -> toFloat64(sipHash64(number, i) % 1000003) / 1000003, range(12)) AS dice,
    toUInt8(multiIf(dice[1] < .4, 0, dice[1] < .65, 1, dice[1] < .8, 2, dice[1] < .9, 3, dice[1] < .96, 4, 5)) AS account,
    account < 3 AS is_submitted,
    account = 4 AS is_polled,
    toUInt8(floor(40 * pow(dice[2], 2.2))) AS land,
    toUInt16(floor(land * 7.5) + floor((7 + land % 2) * pow(dice[3], 1.7))) AS network,
    number / {total:UInt64} * {days:UInt16} AS day,
    toInt64(toUnixTimestamp(toDateTime({end:String}, 'UTC'))) * 1000 - toInt64({days:UInt16}) * 86400000
        + toInt64(86400000 * (day - 0.08 * sin(2 * pi() * day))) AS sent_ms,
    toInt64(1000 * exp(1.9 + land % 5 * 0.2 + 1.2 * sqrt(-2 * log(dice[4] + 1e-7)) * cos(2 * pi() * dice[5])))
        + if(dice[6] < .01, toInt64(259200000 * dice[7]), 0) AS final_after,
    toInt8(multiIf(dice[8] < .90, 10, dice[8] < .94, 7, dice[8] < .97, 6, dice[8] < .99, 9, 8)) AS final_status,
    toInt8(1 + floor(13 * pow(dice[9], 2))) AS failure,
    -- kind, origin, status, milliseconds after it was sent; kind -1: it was not told
    arrayFilter(fact -> fact.1 >= 0, [
        (toInt8(if(is_submitted, 2, -1)), toInt8(2), toInt8(1), toInt64(0)),
        (toInt8(if(dice[10] < .35, 0, -1)), toInt8(0), toInt8(2), toInt64(200 + 900 * dice[5])),
        (toInt8(if(dice[10] > .5 OR NOT is_submitted, 0, -1)), toInt8(is_polled), toInt8(4), toInt64(1000 + 2000 * dice[7])),
        (toInt8(if(dice[11] < .01, 0, -1)), toInt8(0), toInt8(6), toInt64(3600000)),
        (toInt8(if(dice[12] >= .04, 0, -1)), toInt8(is_polled), final_status, 3000 + final_after)]) AS known,
    if(empty(known), [(toInt8(0), toInt8(0), toInt8(2), toInt64(500))], known) AS facts,
    arrayConcat(facts, if(sipHash64(number, 13) % 1000 < 75, [facts[-1]], [])) AS tellings,
    arrayJoin(tellings) AS told,
    told.3 BETWEEN 6 AND 9 AS is_failure,
    ['integrax-br', 'integrax-mx', 'gateway', 'phones', 'aatrox', 'ugsms'][account + 1] AS its_source,
    concat('m', toString(number * 7919 % 100000000), '-', toString(number)) AS its_id,
    xxh3(concat('out\x1f', its_source, '\x1f', its_id)) AS its_message
SELECT
    fromUnixTimestamp64Milli(sent_ms + facts[1].4, 'UTC') AS home,
    its_message AS message,
    bitOr(bitShiftLeft(toUInt128(sipHash64(number, told)), 64), toUInt128(sipHash64(told, number))) AS identity,
    1 AS reading,
    told.1 AS kind,
    its_source AS source,
    ['integrax', 'integrax', 'smsgateway24', 'smsgateway24', 'aatrox', 'ugsms'][account + 1] AS provider,
    told.2 AS origin,
    its_id AS message_id,
    its_id AS message_key,
    concat('+', toString(20 + land), toString(100000000 + sipHash64(number % 4000000, network) % 900000000)) AS recipient,
    told.3 AS status,
    ['', 'QUEUED', 'ACCEPTD', 'SENDING', 'ENROUTE', 'UNKNOWN', 'EXPIRED', 'UNDELIV', 'REJECTD', 'FAILED', 'DELIVRD', 'READ']
        [told.3 + 1] AS provider_status,
    if(is_failure, toString(100 + failure * 3 + sipHash64(number, 14) % 3), '') AS error_code,
    if(is_failure, failure, 0) AS error_family,
    if(is_failure, concat('error in words ', error_code), '') AS error_text,
    fromUnixTimestamp64Milli(sent_ms + told.4, 'UTC') AS occurred_at,
    fromUnixTimestamp64Milli(sent_ms + told.4 + if(told.1 = 2, 0, toInt64(50 + 300 * dice[2])), 'UTC') AS received_at,
    'sms' AS channel,
    substring('BRMXUSDEFRESITGBPTPLNLBEATCHSEDKNOFIIEGRROHUCZSKBGHRSIRSUATRILAEINPKBDPHIDTHVNMY', 1 + land * 2, 2) AS country,
    concat('Carrier ', toString(network)) AS carrier,
    'mobile' AS number_type,
    1 + (sipHash64(number, 15) % 5 = 0) AS segments,
    if(told.1 = 2, (10 + land % 7) / 1000, NULL) AS cost,
    if(told.1 = 2, 'USD', '') AS currency,
    toUUID('00000000-0000-0000-0000-000000000007') AS log,
    0 AS log_partition,
    number * 5 AS log_offset
FROM numbers({first:UInt64}, {count:UInt64})
