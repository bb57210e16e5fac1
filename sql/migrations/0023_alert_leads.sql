-- Which of several alerters leads: the row of the highest term. A term is inserted once, by its token, so that of two
-- who want the same one the first has it. What was begun to be told bears the name of who began it, for the same reason.

CREATE TABLE IF NOT EXISTS ${LOCAL}.alert_leads
(
    name LowCardinality(String),
    term UInt64,
    holder String,
    at DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}term)
ORDER BY name
SETTINGS ${WINDOW};

ALTER TABLE ${LOCAL}.alert_notes ADD COLUMN IF NOT EXISTS holder String;
