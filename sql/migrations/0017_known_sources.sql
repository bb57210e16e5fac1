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

-- Of the time in which no note was taken of them: whatever something is stored of, its region not known.
INSERT INTO ${LOCAL}.known_sources
SELECT source, any(provider) AS provider, '' AS region, toDateTime64(0, 3, 'UTC') AS since
FROM ${LOCAL}.events
WHERE source NOT IN (SELECT source FROM ${LOCAL}.known_sources)
GROUP BY source;
