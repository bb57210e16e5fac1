-- The numbers that are to be forgotten, so that no replay and no late report brings them back. They are known by a hash
-- that cannot be tried out without its key (forget.key); key_check is the same for all that were hashed with one key.

CREATE TABLE IF NOT EXISTS ${LOCAL}.forgotten
(
    number_hash UInt128,
    key_check UInt64,
    since DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA})
ORDER BY number_hash
SETTINGS ${WINDOW};
