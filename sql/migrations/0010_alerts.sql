-- What rang, and who was told of it. A row of alerts is an alarm at one of its changes; a row of alert_notes is the
-- last word on telling one target of one change.

CREATE TABLE IF NOT EXISTS ${LOCAL}.alerts
(
    id String,
    number UInt16,
    change Enum8('opened' = 1, 'updated' = 2, 'resolved' = 3),
    changed_at DateTime64(3, 'UTC'),
    kind LowCardinality(String),
    severity LowCardinality(String),
    source Nullable(String),
    country Nullable(String),
    carrier Nullable(String),
    onset_at DateTime64(3, 'UTC'),
    opened_at DateTime64(3, 'UTC'),
    ended_at Nullable(DateTime64(3, 'UTC')),
    bad Float64,
    messages Float64,
    usual Float64,
    worst_normal Float64,
    score Float64,
    also Array(String)
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA})
ORDER BY (opened_at, id, number)
SETTINGS ${WINDOW};

CREATE TABLE IF NOT EXISTS ${LOCAL}.alert_notes
(
    id String,
    number UInt16,
    reminder UInt16,
    target String,
    state Enum8('failed' = 1, 'sending' = 2, 'sent' = 3, 'given up' = 4),
    tries UInt16,
    at DateTime64(3, 'UTC'),
    problem String
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}at)
ORDER BY (id, number, reminder, target)
SETTINGS ${WINDOW};

CREATE OR REPLACE VIEW ${PUBLIC}.alerts
(
    id String COMMENT 'Its name for `delivrd alerts show`',
    kind LowCardinality(String) COMMENT 'What is wrong: failures, late, silence, bad_list, too_good, unreadable, unheard',
    severity LowCardinality(String) COMMENT 'page or notice',
    source Nullable(String) COMMENT 'Configured account; NULL: any',
    country Nullable(String) COMMENT 'Country, ISO 3166; NULL: any',
    carrier Nullable(String) COMMENT 'Carrier; NULL: any',
    onset_at DateTime64(3, 'UTC') COMMENT 'When the evidence began',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it rang',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was over; NULL while it fires',
    bad Float64 COMMENT 'Messages that went wrong since the onset, as of the last change; expected messages of a silence',
    messages Float64 COMMENT 'Messages since the onset, as of the last change',
    usual Float64 COMMENT 'The share that usually goes wrong, 0 to 1',
    worst_normal Float64 COMMENT 'The worst share that is still normal, 0 to 1',
    score Float64 COMMENT 'The evidence: e to its power are the odds against luck',
    also Array(String) COMMENT 'Other kinds with the same cause',
    changes UInt16 COMMENT 'How often it changed: opened, scope changed, over',
    changed_at DateTime64(3, 'UTC') COMMENT 'When it last did'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    id, kind, severity, source, country, carrier, onset_at, opened_at, ended_at, bad, messages, usual, worst_normal,
    score, also, number AS changes, changed_at
FROM ${STORE}.alerts FINAL
ORDER BY number DESC
LIMIT 1 BY id
COMMENT 'An alarm as it stood at its last change, one row each';

-- How far the alerter has judged: one row.
CREATE TABLE IF NOT EXISTS ${LOCAL}.alert_progress
(
    name LowCardinality(String),
    judged_at DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree(${REPLICA_AND}judged_at)
ORDER BY name
SETTINGS ${WINDOW};
