-- What people decide about alarms: which are not to be told for a while, and which somebody has taken on.

-- `what` is a JSON object with those of kind, source, country and carrier that it is about; the last row counts.
CREATE TABLE IF NOT EXISTS ${LOCAL}.alert_mutes
(
    what String,
    until DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}at)
ORDER BY what
SETTINGS ${WINDOW};

CREATE TABLE IF NOT EXISTS ${LOCAL}.alert_acknowledged
(
    id String,
    at DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}at)
ORDER BY id
SETTINGS ${WINDOW};
