-- The storage tables. Nobody but the consumer writes them, nobody but the public views reads them.
--
-- A message has a home: the time at which it was first heard of. All about it is stored under its home's hour,
-- so that equal facts always meet, however late they come. Codes are positions: `status` in schemas/status.py
-- is in the order of rank. Every table keeps a window of insert tokens, so that an insert that is tried again
-- after a crash is taken once, in the table and in all that its views fill.

CREATE DATABASE IF NOT EXISTS ${STORE};
CREATE DATABASE IF NOT EXISTS ${LOCAL};

CREATE TABLE IF NOT EXISTS ${LOCAL}.homes
(
    id_hash UInt64,
    message UInt64,
    home SimpleAggregateFunction(min, DateTime64(3, 'UTC')) CODEC(Delta, ZSTD)
)
ENGINE = ${REPLICATED}AggregatingMergeTree(${REPLICA})
ORDER BY (id_hash, message)
SETTINGS index_granularity = 512, ${WINDOW};

CREATE TABLE IF NOT EXISTS ${LOCAL}.events
(
    home DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    message UInt64,
    identity UInt128,
    reading UInt16,
    kind Enum8('report' = 0, 'inbound' = 1, 'submission' = 2, 'balance' = 3, 'device' = 4),
    source LowCardinality(String),
    provider LowCardinality(String),
    origin Enum8('webhook' = 0, 'poll' = 1, 'submission' = 2, 'import' = 3),
    message_id String CODEC(ZSTD),
    message_key String CODEC(ZSTD),
    recipient String CODEC(ZSTD),
    sender String CODEC(ZSTD),
    status Enum8('' = 0, 'queued' = 1, 'accepted' = 2, 'sending' = 3, 'sent' = 4, 'unknown' = 5, 'expired' = 6,
        'undeliverable' = 7, 'rejected' = 8, 'failed' = 9, 'delivered' = 10, 'read' = 11),
    provider_status String CODEC(ZSTD),
    error_code String CODEC(ZSTD),
    error_family Enum8('' = 0, 'absent' = 1, 'unknown_number' = 2, 'unroutable' = 3, 'barred' = 4, 'filtered' = 5,
        'network' = 6, 'handset' = 7, 'expired' = 8, 'balance' = 9, 'message' = 10, 'regulation' = 11, 'gateway' = 12,
        'unknown' = 13),
    error_text String CODEC(ZSTD),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    channel LowCardinality(String),
    country LowCardinality(String),
    carrier LowCardinality(String),
    number_type LowCardinality(String),
    segments UInt16,
    cost Nullable(Float64),
    currency LowCardinality(String),
    device_id String CODEC(ZSTD),
    customer_ref String CODEC(ZSTD),
    text String CODEC(ZSTD),
    log UUID CODEC(ZSTD),
    log_partition UInt16,
    log_offset UInt64 CODEC(Delta, ZSTD),
    -- the newest reading wins, and within it the first telling
    version UInt64 MATERIALIZED bitOr(bitShiftLeft(toUInt64(reading), 48),
        281474976710655 - toUInt64(toUnixTimestamp64Milli(received_at))) CODEC(ZSTD),
    INDEX by_message_id message_id TYPE bloom_filter(0.001)
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}version)
PARTITION BY toYYYYMM(home)
ORDER BY (toStartOfHour(home), message, identity)
SETTINGS ttl_only_drop_parts = 1, ${WINDOW};

-- One row a message. Each column merges in any order and is not changed by a repeat:
-- facts      identity (its upper 64 bits) -> reading (14 bits) | status (4) | inverted time in ms (42) | family (4);
--            the greatest value of an identity is its newest reading's earliest time
-- details    identity -> reading, provider_status, error_code, error_text
-- the tuples start with the reading, and are all zero where the event does not know them;
-- submitted  the time is inverted as in facts, so that of one reading the earliest wins
CREATE TABLE IF NOT EXISTS ${LOCAL}.messages
(
    home DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    message UInt64,
    source SimpleAggregateFunction(max, LowCardinality(String)),
    provider SimpleAggregateFunction(max, LowCardinality(String)),
    message_id SimpleAggregateFunction(max, String) CODEC(ZSTD),
    facts SimpleAggregateFunction(maxMap, Map(UInt64, UInt64)) CODEC(ZSTD),
    details SimpleAggregateFunction(maxMap, Map(UInt64, Tuple(UInt16, String, String, String))) CODEC(ZSTD),
    origins SimpleAggregateFunction(groupBitOr, UInt8),
    first_seen_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) CODEC(Delta, ZSTD),
    submitted SimpleAggregateFunction(max, Tuple(UInt16, UInt64)) CODEC(ZSTD),
    to_number SimpleAggregateFunction(max, Tuple(UInt16, String, String, String, String)) CODEC(ZSTD),
    from_number SimpleAggregateFunction(max, Tuple(UInt16, String)) CODEC(ZSTD),
    channel SimpleAggregateFunction(max, Tuple(UInt16, String)) CODEC(ZSTD),
    customer SimpleAggregateFunction(max, Tuple(UInt16, String)) CODEC(ZSTD),
    price SimpleAggregateFunction(max, Tuple(UInt16, Float64, String)) CODEC(ZSTD),
    segments SimpleAggregateFunction(max, Tuple(UInt16, UInt16)) CODEC(ZSTD),
    INDEX by_message_id message_id TYPE bloom_filter(0.001),
    INDEX by_recipient to_number.2 TYPE bloom_filter(0.001)
)
ENGINE = ${REPLICATED}AggregatingMergeTree(${REPLICA})
PARTITION BY toYYYYMM(home)
ORDER BY (toStartOfHour(home), message)
SETTINGS ttl_only_drop_parts = 1, ${WINDOW};

-- Look-up by number: the other party's, which is the sender of what came in.
CREATE TABLE IF NOT EXISTS ${LOCAL}.recipients
(
    recipient_hash UInt64,
    home DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    message UInt64
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA})
PARTITION BY toYYYYMM(home)
ORDER BY (recipient_hash, home, message)
SETTINGS index_granularity = 512, ttl_only_drop_parts = 1, ${WINDOW};

-- One row a different body that could not be read; told again, it is a repeat.
CREATE TABLE IF NOT EXISTS ${LOCAL}.dead_letters
(
    id UInt128,
    state Enum8('open' = 0, 'replayed' = 1, 'discarded' = 2),
    source LowCardinality(String),
    provider LowCardinality(String),
    type LowCardinality(String),
    reason LowCardinality(String),
    detail String CODEC(ZSTD),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    changed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    request_id String CODEC(ZSTD),
    content_type LowCardinality(String),
    context String CODEC(ZSTD),
    body String CODEC(ZSTD),
    log UUID,
    log_partition UInt16,
    log_offset UInt64,
    -- a decision outlives a repeat; else the first telling
    version UInt64 MATERIALIZED bitOr(bitShiftLeft(toUInt64(state), 48),
        281474976710655 - toUInt64(toUnixTimestamp64Milli(received_at)))
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}version)
ORDER BY id
SETTINGS ${WINDOW};

-- One row a range of the log that was consumed, with the outcomes of its records.
CREATE TABLE IF NOT EXISTS ${LOCAL}.chunks
(
    log UUID,
    log_partition UInt16,
    first UInt64,
    last UInt64,
    records UInt32,
    stored UInt32,
    repeated UInt32,
    empty UInt32,
    dead_lettered UInt32,
    expired UInt32,
    forgotten UInt32,
    reading UInt16,
    oldest_received_at DateTime64(3, 'UTC'),
    newest_received_at DateTime64(3, 'UTC'),
    consumed_at DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}consumed_at)
ORDER BY (log, log_partition, first, last)
SETTINGS ${WINDOW};

-- Which code and status tables read the records: the number rises with each change of either.
CREATE TABLE IF NOT EXISTS ${LOCAL}.readings
(
    reading UInt16,
    digest String,
    since DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}since)
ORDER BY (reading, digest)
SETTINGS ${WINDOW};

-- Keeps nothing: where the consumer finds out which row of a refused block is the one.
CREATE TABLE IF NOT EXISTS ${LOCAL}.events_trial AS ${LOCAL}.events ENGINE = Null;
