-- The names that people, reports and dashboards read. They run with the definer's rights, so that a reader needs
-- none on the storage. FINAL merges what merges have not yet, within a partition: a message never leaves its own.

CREATE DATABASE IF NOT EXISTS ${PUBLIC};

-- What the facts of each message come to, without words for its codes. It stands beside the messages, so that on a
-- cluster each shard works out its own.
CREATE OR REPLACE VIEW ${LOCAL}.states AS
WITH
    -- each fact: rank, time in ms, identity, status, error family
    arrayMap(
        (identity, fact) -> (
            [0, 10, 20, 30, 40, 45, 60, 60, 60, 60, 80, 90][bitAnd(bitShiftRight(fact, 46), 15) + 1],
            4398046511103 - toInt64(bitAnd(bitShiftRight(fact, 4), 4398046511103)),
            identity,
            toInt8(bitAnd(bitShiftRight(fact, 46), 15)),
            toInt8(bitAnd(fact, 15))),
        mapKeys(m.facts), mapValues(m.facts)) AS told,
    arrayMax(told) AS state,
    m.details[state.3] AS words,
    -- where there is no such fact, its time is beyond every other
    4398046511103 AS never,
    arrayMin(fact -> if(fact.4 = 4, fact.2, never), told) AS sent_ms,
    multiIf(
        state.1 >= 80, arrayMin(fact -> if(fact.1 >= 80, fact.2, never), told),
        state.1 >= 60, arrayMin(fact -> if(fact.4 = state.4, fact.2, never), told),
        never) AS final_ms,
    4398046511103 - toInt64(m.submitted.2) AS submitted_ms,
    toUnixTimestamp64Milli(first_seen_at) AS seen_ms,
    toInt8(multiIf(final_ms = never, 0, m.submitted.2 != 0, 1,
        final_ms > seen_ms AND arrayExists(fact -> fact.1 < state.1, told), 2, 0)) AS counted_from
SELECT
    source,
    provider,
    message_id,
    m.to_number.2 AS recipient,
    m.from_number.2 AS sender,
    m.customer.2 AS customer_ref,
    state.4 AS status,
    toBool(state.1 >= 60) AS is_final,
    toBool(state.1 >= 80) AS is_delivered,
    words.2 AS provider_status,
    words.3 AS error_code,
    state.5 AS error_family,
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
    fromUnixTimestamp64Milli(state.2, 'UTC') AS state_at,
    multiIf(counted_from = 1, greatest(final_ms - submitted_ms, 0), counted_from = 2, final_ms - seen_ms, NULL)
        AS latency_ms,
    counted_from AS latency_from,
    length(m.facts) AS facts,
    toInt8(multiIf(bitAnd(origins, 3) != 0, bitAnd(origins, 3), bitAnd(origins, 8) != 0, 5, 4)) AS told_by,
    home
FROM ${LOCAL}.messages AS m FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE OR REPLACE VIEW ${PUBLIC}.messages
(
    source LowCardinality(String) COMMENT 'Configured account, e.g. integrax-br',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. integrax',
    message_id String COMMENT 'The provider''s id of the message, as given',
    recipient String COMMENT 'Number it was sent to, E.164 with + where it could be parsed',
    sender String COMMENT 'Number or name it was sent from, where known',
    customer_ref String COMMENT 'Your own reference, where known',
    status Enum8('' = 0, 'queued' = 1, 'accepted' = 2, 'sending' = 3, 'sent' = 4, 'unknown' = 5, 'expired' = 6,
        'undeliverable' = 7, 'rejected' = 8, 'failed' = 9, 'delivered' = 10, 'read' = 11)
        COMMENT 'Present state: the fact of the highest rank, and of equal ranks the latest',
    is_final Bool COMMENT 'The state says how it ended: delivered, read, or failed in one way or another',
    is_delivered Bool COMMENT 'The state is delivered or read',
    provider_status String COMMENT 'The state in the provider''s own words',
    error_code String COMMENT 'The state''s error code, as the provider gave it',
    error_family Enum8('' = 0, 'absent' = 1, 'unknown_number' = 2, 'unroutable' = 3, 'barred' = 4, 'filtered' = 5,
        'network' = 6, 'handset' = 7, 'expired' = 8, 'balance' = 9, 'message' = 10, 'regulation' = 11, 'gateway' = 12,
        'unknown' = 13)
        COMMENT 'What kind of error it was, whatever the provider calls it; empty where there is none',
    error_text String COMMENT 'The state''s error in words, as the provider gave it',
    channel String COMMENT 'sms, rcs, whatsapp or unknown',
    country String COMMENT 'Country of the recipient''s number, ISO 3166 (BR), empty where it is not known',
    carrier String COMMENT 'Carrier of the number''s range; ported numbers are not known',
    number_type String COMMENT 'Type of the recipient''s number: mobile, fixed_line, …',
    segments Nullable(UInt16) COMMENT 'Number of parts it was sent in, where known',
    cost Nullable(Float64) COMMENT 'Price in currency, where known',
    currency String COMMENT 'Currency of cost, ISO 4217',
    submitted_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When you handed it to the provider, where a submission told it',
    first_seen_at DateTime64(3, 'UTC') COMMENT 'When the first word about it reached us',
    sent_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the provider first called it sent',
    final_at Nullable(DateTime64(3, 'UTC'))
        COMMENT 'When it was first delivered or read; else when it first failed in the way it is in; NULL while not final',
    state_at DateTime64(3, 'UTC') COMMENT 'Time of the state''s fact, by the provider''s word where it gave one',
    latency_ms Nullable(Int64) COMMENT 'Milliseconds from latency_from to final_at; NULL where that cannot be told',
    latency_from Enum8('' = 0, 'submission' = 1, 'first_sight' = 2)
        COMMENT 'Where latency_ms counts from: submitted_at, else first_seen_at where a word before the final report came first',
    facts UInt32 COMMENT 'Number of different facts told about it; repeats do not count',
    told_by Enum8('' = 0, 'webhook' = 1, 'poll' = 2, 'both' = 3, 'submission' = 4, 'import' = 5)
        COMMENT 'Who told its reports: webhook, poll or both; else import, else submission (no report so far)',
    home DateTime64(3, 'UTC') COMMENT 'The message''s time for any period: when it was first heard of. Filter on this'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    source, provider, message_id, recipient, sender, customer_ref, status, is_final, is_delivered, provider_status,
    error_code, error_family, error_text, channel, country, carrier, number_type, segments, cost, currency,
    submitted_at, first_seen_at, sent_at, final_at, state_at, latency_ms, latency_from, facts, told_by, home
FROM ${STORE}.states
COMMENT 'A message with its present state, one row each. Filter on home to read a period only';

CREATE OR REPLACE VIEW ${PUBLIC}.events
(
    kind Enum8('report' = 0, 'inbound' = 1, 'submission' = 2, 'balance' = 3, 'device' = 4)
        COMMENT 'What it tells: report, inbound, submission, balance or device',
    source LowCardinality(String) COMMENT 'Configured account, e.g. integrax-br',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. integrax',
    origin Enum8('webhook' = 0, 'poll' = 1, 'submission' = 2, 'import' = 3) COMMENT 'How it came in',
    message_id String COMMENT 'The provider''s id of the message, as given',
    recipient String COMMENT 'Number it was sent to, E.164 with + where it could be parsed',
    sender String COMMENT 'Number or name it was sent from, where known',
    status Enum8('' = 0, 'queued' = 1, 'accepted' = 2, 'sending' = 3, 'sent' = 4, 'unknown' = 5, 'expired' = 6,
        'undeliverable' = 7, 'rejected' = 8, 'failed' = 9, 'delivered' = 10, 'read' = 11)
        COMMENT 'The state it tells; empty for what is not about a state',
    provider_status String COMMENT 'The state in the provider''s own words',
    error_code String COMMENT 'Error code, as the provider gave it',
    error_family Enum8('' = 0, 'absent' = 1, 'unknown_number' = 2, 'unroutable' = 3, 'barred' = 4, 'filtered' = 5,
        'network' = 6, 'handset' = 7, 'expired' = 8, 'balance' = 9, 'message' = 10, 'regulation' = 11, 'gateway' = 12,
        'unknown' = 13)
        COMMENT 'What kind of error it was, whatever the provider calls it; empty where there is none',
    error_text String COMMENT 'The error in words, as the provider gave it',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, by the provider''s word; else received_at',
    received_at DateTime64(3, 'UTC') COMMENT 'When it first reached us',
    channel LowCardinality(String) COMMENT 'sms, rcs, whatsapp or unknown',
    country LowCardinality(String) COMMENT 'Country of the recipient''s number, ISO 3166 (BR), empty where it is not known',
    carrier LowCardinality(String) COMMENT 'Carrier of the number''s range; ported numbers are not known',
    number_type LowCardinality(String) COMMENT 'Type of the recipient''s number: mobile, fixed_line, …',
    segments Nullable(UInt16) COMMENT 'Number of parts it was sent in, where known',
    cost Nullable(Float64) COMMENT 'Price in currency, where known',
    currency LowCardinality(String) COMMENT 'Currency of cost, ISO 4217',
    device_id String COMMENT 'The device that sent or received it, where the provider has devices',
    customer_ref String COMMENT 'Your own reference, where known',
    text String COMMENT 'The message''s text, where the source is set to store it',
    identity UInt128 COMMENT 'What makes it the same fact when it is told again',
    reading UInt16 COMMENT 'Number of the way it was read: it rises with each change of how records are read',
    home DateTime64(3, 'UTC') COMMENT 'The message''s time for any period: when it was first heard of. Filter on this',
    log UUID COMMENT 'The log that holds the record',
    log_partition UInt16 COMMENT 'The record''s partition in that log',
    log_offset UInt64 COMMENT 'The record''s offset in that partition'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    kind, source, provider, origin, message_id, recipient, sender, status, provider_status, error_code, error_family,
    error_text, occurred_at, received_at, channel, country, carrier, number_type, nullIf(e.segments, 0) AS segments, cost,
    currency, device_id, customer_ref, text, identity, reading, home, log, log_partition, log_offset
FROM ${STORE}.events AS e FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'A distinct fact as it was first told, in its newest reading. Filter on home to read a period only';

CREATE OR REPLACE VIEW ${PUBLIC}.inbound
(
    source LowCardinality(String) COMMENT 'Configured account, e.g. integrax-br',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. integrax',
    message_id String COMMENT 'The provider''s id of the message, as given; empty where it has none',
    sender String COMMENT 'Number it came from, E.164 with + where it could be parsed',
    recipient String COMMENT 'Number or name it was sent to',
    text String COMMENT 'The message''s text, where the source is set to store it',
    channel LowCardinality(String) COMMENT 'sms, rcs, whatsapp or unknown',
    country LowCardinality(String) COMMENT 'Country of the sender''s number, ISO 3166 (BR), empty where it is not known',
    carrier LowCardinality(String) COMMENT 'Carrier of the number''s range; ported numbers are not known',
    number_type LowCardinality(String) COMMENT 'Type of the sender''s number: mobile, fixed_line, …',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it was sent, by the provider''s word; else received_at',
    received_at DateTime64(3, 'UTC') COMMENT 'When it first reached us',
    device_id String COMMENT 'The device that received it, where the provider has devices',
    home DateTime64(3, 'UTC') COMMENT 'Its time for any period: when it was first heard of. Filter on this'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    source, provider, message_id, sender, recipient, text, channel, country, carrier, number_type, occurred_at,
    received_at, device_id, home
FROM ${STORE}.events FINAL
WHERE kind = 'inbound'
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'A message that came in, one row each. Filter on home to read a period only';

CREATE OR REPLACE VIEW ${PUBLIC}.dead_letters
(
    id String COMMENT 'Its name for `delivrd dead`: 32 hexadecimal digits',
    state Enum8('open' = 0, 'replayed' = 1, 'discarded' = 2) COMMENT 'open, replayed or discarded',
    source LowCardinality(String) COMMENT 'Configured account it came to',
    provider LowCardinality(String) COMMENT 'Provider of the account',
    type LowCardinality(String) COMMENT 'How it came in: delivrd.webhook, delivrd.poll, …',
    reason LowCardinality(String) COMMENT 'Why it could not be read, as a short code',
    detail String COMMENT 'Why it could not be read, in words',
    received_at DateTime64(3, 'UTC') COMMENT 'When it first reached us',
    changed_at DateTime64(3, 'UTC') COMMENT 'When its state was decided',
    request_id String COMMENT 'The request that brought it first',
    content_type LowCardinality(String) COMMENT 'What the request said its body was',
    body String COMMENT 'Its bytes as they came',
    log UUID COMMENT 'The log that holds the record',
    log_partition UInt16 COMMENT 'The record''s partition in that log',
    log_offset UInt64 COMMENT 'The record''s offset in that partition'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    lower(leftPad(hex(d.id), 32, '0')) AS id, state, source, provider, type, reason, detail, received_at, changed_at,
    request_id, content_type, body, log, log_partition, log_offset
FROM ${STORE}.dead_letters AS d FINAL
COMMENT 'A body, or an element of one, that could not be read; the same told again is one row';

CREATE OR REPLACE VIEW ${PUBLIC}.chunks
(
    log UUID COMMENT 'The log',
    log_partition UInt16 COMMENT 'The partition in that log',
    first UInt64 COMMENT 'Offset of the first record',
    last UInt64 COMMENT 'Offset of the last record',
    records UInt32 COMMENT 'Number of records, each of which has one of the outcomes that follow',
    stored UInt32 COMMENT 'First tellings of a fact',
    repeated UInt32 COMMENT 'Facts told again',
    empty UInt32 COMMENT 'Readable, but without a fact',
    dead_lettered UInt32 COMMENT 'Could not be read: in dead_letters',
    expired UInt32 COMMENT 'Older than what is kept',
    forgotten UInt32 COMMENT 'About a person who is to be forgotten',
    reading UInt16 COMMENT 'Number of the way they were read',
    oldest_received_at DateTime64(3, 'UTC') COMMENT 'When the oldest of the records reached us',
    newest_received_at DateTime64(3, 'UTC') COMMENT 'When the newest of the records reached us',
    consumed_at DateTime64(3, 'UTC') COMMENT 'When the chunk was consumed'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    log, log_partition, first, last, records, stored, repeated, empty, dead_lettered, expired, forgotten, reading,
    oldest_received_at, newest_received_at, consumed_at
FROM ${STORE}.chunks FINAL
COMMENT 'A range of the log that was consumed, with the outcomes of its records. The ranges tile the log';
