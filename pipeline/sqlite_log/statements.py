"""The SQL of the log's two files: it is their format, and changes only together with the code beside it."""

from functools import cache

VERSION = 1
"""The version of both files' tables. A file of a higher one is refused."""

MAKE_LOG = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE records (
    offset INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    time INTEGER NOT NULL,
    key TEXT,
    content_type TEXT NOT NULL,
    replay_of TEXT NOT NULL,
    context BLOB NOT NULL,
    body BLOB NOT NULL
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('records', 0);
"""
# The body stands last, so that what looks at the other columns alone never reads a long body's pages.
# No index on the key: its random inserts would cost the writer more than everything else.

MAKE_STATE = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE positions (
    partition INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    log_id TEXT NOT NULL,
    offset INTEGER NOT NULL,
    note TEXT NOT NULL
);
"""

PUT_META = "INSERT INTO meta (name, value) VALUES (?, ?)"
META = "SELECT name, value FROM meta"

END = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'records'"
FIRST = """
SELECT coalesce((SELECT min(offset) FROM records), (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'records'))
"""
TIME_OF_NEXT = "SELECT time FROM records WHERE offset >= ? AND replay_of = '' ORDER BY offset LIMIT 1"

# The columns stand in the order of Record's fields.
RANGE = """
SELECT offset, id, source, type, time, key, content_type, context, body, replay_of FROM records
WHERE offset BETWEEN ? AND ? ORDER BY offset LIMIT ?
"""
MAKE_KEYS = "CREATE TEMP TABLE chosen (key TEXT PRIMARY KEY) WITHOUT ROWID"
PUT_KEY = "INSERT OR IGNORE INTO chosen (key) VALUES (?)"
CHOSEN = """
SELECT offset, id, source, type, time, key, content_type, context, body, replay_of FROM records
WHERE offset BETWEEN :first AND :last
  AND (:since IS NULL OR time >= :since)
  AND (:until IS NULL OR time < :until)
  AND (NOT :by_key OR key IN (SELECT key FROM chosen))
ORDER BY offset
"""

COPY = """
INSERT INTO main.records SELECT * FROM source.records WHERE offset >= ? AND offset < ?
"""
COPY_END = "UPDATE main.sqlite_sequence SET seq = ? WHERE name = 'records'"

OLDEST = "SELECT offset, time, length(body) + length(context) FROM records ORDER BY offset LIMIT ?"
REPLACE = "UPDATE records SET id = ?, type = ?, key = ?, content_type = ?, context = ?, body = ? WHERE offset = ?"
DELETE = "DELETE FROM records WHERE offset <= ?"

TAKE = """
INSERT INTO positions (partition, generation, log_id, offset, note) VALUES (?, 1, '', 0, '')
ON CONFLICT (partition) DO UPDATE SET generation = generation + 1
RETURNING generation
"""
COMMIT = "UPDATE positions SET log_id = ?, offset = ?, note = ? WHERE partition = ? AND generation = ?"
POSITION = "SELECT offset, note FROM positions WHERE partition = ? AND log_id = ?"

_INSERT = "INSERT INTO records (id, source, type, time, key, content_type, context, body, replay_of) VALUES "
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
ROWS_PER_INSERT = 64


@cache
def insert(rows: int) -> str:
    """One statement for `rows` records.

    One statement is one call that gives up the interpreter lock, and by itself a whole transaction; a
    statement a row would wait for the lock as often as there are rows.
    """
    return _INSERT + ", ".join([_ROW] * rows)
