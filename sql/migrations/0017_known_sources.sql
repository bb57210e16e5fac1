-- What the settings said of each source when the consumer last started with it: where a source is taken out of them, its
-- records are still to be recognized, by those who audit, forget and archive.

CREATE TABLE IF NOT EXISTS ${LOCAL}.known_sources
(
    source LowCardinality(String),
    provider LowCardinality(String),
    region LowCardinality(String),
    since DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}since)
ORDER BY source
SETTINGS ${WINDOW};
