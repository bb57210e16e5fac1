-- What is found when an account is looked at: what is left on it, and the phones that are its gateways.
--
-- An observation is an event like any other, whose `extra` is a JSON object; its message and home are its own.

ALTER TABLE ${LOCAL}.events ADD COLUMN IF NOT EXISTS extra String CODEC(ZSTD);
ALTER TABLE ${LOCAL}.events_trial ADD COLUMN IF NOT EXISTS extra String;

CREATE TABLE IF NOT EXISTS ${LOCAL}.balances
(
    home DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    message UInt64,
    reading UInt16,
    source LowCardinality(String),
    provider LowCardinality(String),
    balance Float64,
    currency LowCardinality(String),
    told_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD)
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}reading)
PARTITION BY toYYYYMM(home)
ORDER BY (source, told_at, message)
SETTINGS ttl_only_drop_parts = 1, ${WINDOW};

CREATE MATERIALIZED VIEW IF NOT EXISTS ${LOCAL}.fill_balances TO ${LOCAL}.balances AS
SELECT
    home, message, reading, source, provider,
    JSONExtractFloat(extra, 'balance') AS balance,
    JSONExtractString(extra, 'currency') AS currency,
    received_at AS told_at
FROM ${LOCAL}.events
WHERE kind IN ('balance', 'submission') AND extra != '';

CREATE TABLE IF NOT EXISTS ${LOCAL}.devices
(
    home DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    message UInt64,
    reading UInt16,
    source LowCardinality(String),
    provider LowCardinality(String),
    device_id String CODEC(ZSTD),
    title String CODEC(ZSTD),
    online Nullable(Bool),
    seen_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD),
    battery Nullable(Float64) CODEC(ZSTD),
    sims Array(Tuple(slot String, number String, country String, carrier String, roaming Bool)) CODEC(ZSTD),
    subscription Nullable(Bool),
    subscription_ends_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD),
    app_version String CODEC(ZSTD),
    app_is_current Nullable(Bool),
    told_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD)
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}reading)
PARTITION BY toYYYYMM(home)
ORDER BY (source, device_id, told_at, message)
SETTINGS ttl_only_drop_parts = 1, ${WINDOW};

CREATE MATERIALIZED VIEW IF NOT EXISTS ${LOCAL}.fill_devices TO ${LOCAL}.devices AS
SELECT
    home, message, reading, source, provider, device_id,
    JSONExtractString(extra, 'title') AS title,
    JSONExtract(extra, 'online', 'Nullable(Bool)') AS online,
    fromUnixTimestamp64Milli(JSONExtract(extra, 'seen_at', 'Nullable(Int64)'), 'UTC') AS seen_at,
    JSONExtract(extra, 'battery', 'Nullable(Float64)') AS battery,
    JSONExtract(extra, 'sims',
        'Array(Tuple(slot String, number String, country String, carrier String, roaming Bool))') AS sims,
    JSONExtract(extra, 'subscription', 'Nullable(Bool)') AS subscription,
    fromUnixTimestamp64Milli(JSONExtract(extra, 'subscription_ends_at', 'Nullable(Int64)'), 'UTC')
        AS subscription_ends_at,
    JSONExtractString(extra, 'app_version') AS app_version,
    JSONExtract(extra, 'app_is_current', 'Nullable(Bool)') AS app_is_current,
    received_at AS told_at
FROM ${LOCAL}.events
WHERE kind = 'device';

CREATE OR REPLACE VIEW ${PUBLIC}.balances
(
    source LowCardinality(String) COMMENT 'Configured account, e.g. ugsms-kampala',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. ugsms',
    balance Float64 COMMENT 'What was left on the account, in currency',
    currency LowCardinality(String) COMMENT 'Currency of balance, ISO 4217',
    told_at DateTime64(3, 'UTC') COMMENT 'When the provider said so: its answer to a question, or to a send'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT source, provider, balance, currency, told_at
FROM ${STORE}.balances FINAL
COMMENT 'What was left on an account, each time that it was told. The newest of a source is the present one';

CREATE OR REPLACE VIEW ${PUBLIC}.devices
(
    source LowCardinality(String) COMMENT 'Configured account, e.g. phones-berlin',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. smsgateway24',
    device_id String COMMENT 'The provider''s id of the device, as in events',
    title String COMMENT 'The device''s name',
    online Nullable(Bool) COMMENT 'Whether it was online when it was last looked at, where that was told',
    seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the provider last heard of it',
    battery Nullable(Float64) COMMENT 'Percent, where given',
    sims Array(Tuple(slot String, number String, country String, carrier String, roaming Bool))
        COMMENT 'Its SIM cards, where given; country is ISO 3166',
    subscription Nullable(Bool) COMMENT 'Whether the provider''s subscription covers it, where given',
    subscription_ends_at Nullable(DateTime64(3, 'UTC')) COMMENT 'End of the subscription, where given',
    app_version String COMMENT 'Version of the provider''s app on it',
    app_is_current Nullable(Bool) COMMENT 'Whether that is the newest version',
    told_at DateTime64(3, 'UTC') COMMENT 'When the provider last told anything of it'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    d.source AS source,
    any(d.provider) AS provider,
    d.device_id AS device_id,
    argMaxIf(d.title, (d.told_at, d.reading), d.title != '') AS title,
    -- argMax passes over NULLs: each column is of the newest observation that knows it
    argMax(d.online, (d.told_at, d.reading)) AS online,
    max(d.seen_at) AS seen_at,
    argMax(d.battery, (d.told_at, d.reading)) AS battery,
    argMaxIf(d.sims, (d.told_at, d.reading), notEmpty(d.sims)) AS sims,
    argMax(d.subscription, (d.told_at, d.reading)) AS subscription,
    argMax(d.subscription_ends_at, (d.told_at, d.reading)) AS subscription_ends_at,
    argMaxIf(d.app_version, (d.told_at, d.reading), d.app_version != '') AS app_version,
    argMax(d.app_is_current, (d.told_at, d.reading)) AS app_is_current,
    max(d.told_at) AS told_at
FROM ${STORE}.devices AS d
GROUP BY d.source, d.device_id
COMMENT 'A phone that is a gateway, as it was last found, one row each';
