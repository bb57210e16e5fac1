-- When each source was last heard, and how long that record waited to be stored. The consumer tells it with each chunk.

CREATE TABLE IF NOT EXISTS ${LOCAL}.heard
(
    source LowCardinality(String),
    provider LowCardinality(String),
    type LowCardinality(String),
    -- when its newest record reached us, and when that was stored
    newest SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), DateTime64(3, 'UTC')))
)
ENGINE = ${REPLICATED}AggregatingMergeTree(${REPLICA})
ORDER BY (source, provider, type)
SETTINGS ${WINDOW};

CREATE OR REPLACE VIEW ${PUBLIC}.sources
(
    source LowCardinality(String) COMMENT 'Configured account, e.g. integrax-br',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. integrax',
    last_heard_at DateTime64(3, 'UTC') COMMENT 'When anything last came, in whatever way',
    last_webhook_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the provider last called; readable or not',
    last_asked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the provider last answered a question of ours, be it with nothing',
    last_submission_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When you last told of a message that you handed over',
    lag_ms Int64 COMMENT 'How long the record of last_heard_at waited until it was stored'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    source,
    provider,
    max(h.newest).1 AS last_heard_at,
    maxOrNullIf(h.newest.1, type = 'delivrd.webhook') AS last_webhook_at,
    maxOrNullIf(h.newest.1, type = 'delivrd.poll') AS last_asked_at,
    maxOrNullIf(h.newest.1, type = 'delivrd.submission') AS last_submission_at,
    dateDiff('millisecond', max(h.newest).1, max(h.newest).2) AS lag_ms
FROM ${STORE}.heard AS h
GROUP BY source, provider
COMMENT 'A source that was ever heard of, one row each';
