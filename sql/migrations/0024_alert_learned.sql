-- What was usual when a day began, a row for each place and kind of alarm, so that a start need not read two weeks again.
-- `scope` is a JSON list of source, country and carrier, `learned` a JSON object. The row with the empty kind comes last and
-- has the number of the others: without it the day is not whole. A day replaces the one of eight days before.
CREATE TABLE IF NOT EXISTS ${LOCAL}.alert_learned
(
    day Date,
    scope String,
    kind LowCardinality(String),
    learned String CODEC(ZSTD)
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}day)
ORDER BY (toUInt16(day) % 8, scope, kind)
SETTINGS ${WINDOW};
