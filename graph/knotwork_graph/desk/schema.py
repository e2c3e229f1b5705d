"""The tables of the review desk, and the statements that are asked of them."""

from __future__ import annotations

TABLES = (
    """
CREATE TABLE IF NOT EXISTS cases (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, a TEXT NOT NULL,
    b TEXT NOT NULL, source TEXT NOT NULL, grounds TEXT NOT NULL, score REAL NOT NULL, detail TEXT NOT NULL,
    customers TEXT NOT NULL, identifiers INTEGER NOT NULL, events INTEGER NOT NULL, orders INTEGER NOT NULL,
    last_seen INTEGER NOT NULL, harm REAL NOT NULL, rank REAL NOT NULL, state TEXT NOT NULL, opened INTEGER NOT NULL,
    changed INTEGER NOT NULL, revision INTEGER NOT NULL, settled TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '', decisions TEXT NOT NULL DEFAULT '[]',
    claimed_by TEXT NOT NULL DEFAULT '', claimed_until INTEGER NOT NULL DEFAULT 0,
    closed_because TEXT NOT NULL DEFAULT '') STRICT
""",
    "CREATE INDEX IF NOT EXISTS cases_queue ON cases (state, rank DESC, number)",
    "CREATE INDEX IF NOT EXISTS cases_count ON cases (state, kind)",
    "CREATE INDEX IF NOT EXISTS cases_a ON cases (a)",
    "CREATE INDEX IF NOT EXISTS cases_b ON cases (b)",
    "CREATE INDEX IF NOT EXISTS cases_made ON cases (decisions) WHERE decisions <> '[]'",
    """
CREATE TABLE IF NOT EXISTS notes (
    number INTEGER PRIMARY KEY, case_number INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL,
    what TEXT NOT NULL, text TEXT NOT NULL) STRICT
""",
    "CREATE INDEX IF NOT EXISTS notes_case ON notes (case_number)",
    """
CREATE TABLE IF NOT EXISTS opinions (
    case_number INTEGER NOT NULL, who TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (case_number, who)) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE IF NOT EXISTS waiting (
    number INTEGER PRIMARY KEY AUTOINCREMENT, by TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL,
    said TEXT NOT NULL, reason TEXT NOT NULL, state TEXT NOT NULL, cases TEXT NOT NULL, answer TEXT NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '', decided_at INTEGER NOT NULL DEFAULT 0,
    decisions TEXT NOT NULL DEFAULT '[]') STRICT
""",
    "CREATE TABLE IF NOT EXISTS single (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
)
COLUMNS = """number, kind, a, b, source, grounds, score, detail, customers, identifiers, events, orders, last_seen,
harm, state, opened, changed, revision, decided_by, answer, decisions, claimed_by, claimed_until, closed_because"""

QUEUE = f"""
SELECT {COLUMNS} FROM cases
WHERE state = :state AND (:kind = '' OR kind = :kind) AND (:source = '' OR source = :source) AND score >= :score
    AND (:mine = '' OR (claimed_by = :mine AND claimed_until > :now))
ORDER BY rank DESC, number LIMIT :first OFFSET :offset
"""
COUNTS = "SELECT state, kind, count(*) FROM cases GROUP BY state, kind"
ONE = f"SELECT {COLUMNS} FROM cases WHERE number = ?"
KNOWN = (
    "SELECT number, key, state, grounds, settled, opened, source, score, detail, harm FROM cases WHERE key IN ({slots})"
)
ABOUT = f"SELECT {COLUMNS} FROM cases WHERE a IN ({{slots}}) OR b IN ({{slots}})"
STANDING = "SELECT number, key, source, a, b FROM cases WHERE state = 'open'"
STANDING_AMONG = """
WITH some AS MATERIALIZED (SELECT value FROM json_each(?))
SELECT number, key, source, a, b FROM cases WHERE a IN some AND +state = 'open'
UNION SELECT number, key, source, a, b FROM cases WHERE b IN some AND +state = 'open'
"""
MADE_BY = f"""
SELECT {COLUMNS} FROM cases
WHERE decisions <> '[]' AND EXISTS (SELECT 1 FROM json_each(decisions) WHERE value = ?) ORDER BY number
"""
SIMILAR = f"""
SELECT {COLUMNS} FROM cases
WHERE state IN ('decided', 'left') AND kind = :kind AND number <> :number AND source = :source
ORDER BY grounds = :grounds DESC, abs(score - :score), number DESC LIMIT :first
"""
NEW = """
INSERT INTO cases (key, kind, a, b, source, grounds, score, detail, customers, identifiers, events, orders, last_seen,
    harm, rank, state, opened, changed, revision)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, 1)
"""
REFRESH = """
UPDATE cases SET grounds = ?, score = ?, detail = ?, customers = ?, identifiers = ?, events = ?, orders = ?,
    last_seen = ?, harm = ?, rank = ? WHERE number = ?
"""
MOVE = """
UPDATE cases SET state = :state, changed = :now, revision = revision + 1, decided_by = :who, answer = :answer,
    decisions = :decisions, settled = CASE WHEN :settle THEN grounds ELSE settled END, closed_because = :because,
    claimed_by = '', claimed_until = 0
WHERE number = :number
"""
CLAIM = """
UPDATE cases SET claimed_by = :who, claimed_until = :until, revision = revision + 1
WHERE number = :number AND state IN ('open', 'waiting')
    AND (claimed_until <= :now OR claimed_by = :who OR claimed_by = '')
"""
RELEASE = """
UPDATE cases SET claimed_by = '', claimed_until = 0, revision = revision + 1
WHERE number = :number AND claimed_by = :who
"""
NOTE = "INSERT INTO notes (case_number, at, who, what, text) VALUES (?, ?, ?, ?, ?)"
NOTES = "SELECT at, who, what, text FROM notes WHERE case_number = ? ORDER BY number"
OPINION = "INSERT OR REPLACE INTO opinions VALUES (?, ?, ?, ?)"
OPINIONS = """
SELECT o.case_number, c.kind, c.source, o.who, o.answer, o.at FROM opinions AS o JOIN cases AS c
ON c.number = o.case_number ORDER BY o.case_number, o.at, o.who
"""
WAIT = "INSERT INTO waiting (by, at, why, said, reason, state, cases, answer) VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?)"
WAITING_COLUMNS = "number, by, at, why, said, reason, state, cases, answer, decided_by, decided_at, decisions"
WAITING = f"SELECT {WAITING_COLUMNS} FROM waiting WHERE :state = '' OR state = :state ORDER BY number"
WAITING_ONE = f"SELECT {WAITING_COLUMNS} FROM waiting WHERE number = ?"
SETTLE = """
UPDATE waiting SET state = :state, decided_by = :who, decided_at = :now, decisions = :decisions
WHERE number = :number AND state = 'waiting'
"""
SINGLE = "SELECT value FROM single WHERE name = ?"
SET = "INSERT OR REPLACE INTO single VALUES (?, ?)"
NAMES = "SELECT a FROM cases UNION SELECT b FROM cases"
UNWORDED = "UPDATE cases SET detail = '' WHERE state <> 'open'"
DROP_WAITING = "DELETE FROM waiting WHERE number = ?"
FORGET = (
    "DELETE FROM notes WHERE case_number IN (SELECT number FROM cases WHERE a IN ({slots}) OR b IN ({slots}))",
    "DELETE FROM opinions WHERE case_number IN (SELECT number FROM cases WHERE a IN ({slots}) OR b IN ({slots}))",
    "DELETE FROM cases WHERE a IN ({slots}) OR b IN ({slots})",
)
