"""The tables, and how an older file becomes a current one.

Integer ids for identifiers; edges without a row id on (a, b), a < b. A membership row holds from its ``from_run`` until
its ``to_run`` (NULL: still). Readers see the rows of the run that ``meta.current`` names, so staged rows are invisible.
"""

from __future__ import annotations

VERSION = 3

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE types (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE sources (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE segments (number INTEGER PRIMARY KEY);
CREATE TABLE identifiers (
    id INTEGER PRIMARY KEY, type INTEGER NOT NULL, value TEXT NOT NULL, status INTEGER NOT NULL, reason TEXT,
    events INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL);
CREATE UNIQUE INDEX identifiers_key ON identifiers (type, value);
CREATE TABLE edges (
    a INTEGER NOT NULL, b INTEGER NOT NULL, count INTEGER NOT NULL, vouched INTEGER NOT NULL,
    first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, sources INTEGER NOT NULL,
    PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE INDEX edges_b ON edges (b);
CREATE TABLE traits (
    trait TEXT NOT NULL, identifier INTEGER NOT NULL, value_hash INTEGER NOT NULL,
    PRIMARY KEY (trait, identifier, value_hash)) WITHOUT ROWID;
CREATE TABLE memberships (
    identifier INTEGER NOT NULL, from_run INTEGER NOT NULL, to_run INTEGER, customer INTEGER NOT NULL,
    status INTEGER NOT NULL, reason TEXT,
    PRIMARY KEY (identifier, from_run)) WITHOUT ROWID;
CREATE INDEX memberships_customer ON memberships (customer);
CREATE TABLE severed (
    a INTEGER NOT NULL, b INTEGER NOT NULL, from_run INTEGER NOT NULL, to_run INTEGER,
    rule TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (a, b, from_run)) WITHOUT ROWID;
CREATE INDEX severed_b ON severed (b);
CREATE TABLE redirects (
    customer INTEGER NOT NULL, from_run INTEGER NOT NULL, to_run INTEGER, heirs TEXT NOT NULL,
    PRIMARY KEY (customer, from_run)) WITHOUT ROWID;
CREATE TABLE changes (
    run INTEGER NOT NULL, kind INTEGER NOT NULL, customer INTEGER NOT NULL, other INTEGER NOT NULL,
    identifiers INTEGER NOT NULL, cause TEXT NOT NULL);
CREATE INDEX changes_run ON changes (run, customer);
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, state TEXT NOT NULL, as_of INTEGER NOT NULL, started INTEGER NOT NULL,
    finished INTEGER, policy TEXT NOT NULL, counts TEXT NOT NULL,
    how TEXT NOT NULL DEFAULT 'full', base INTEGER NOT NULL DEFAULT 0);
CREATE TABLE publications (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, run INTEGER NOT NULL);
INSERT INTO meta VALUES ('current', '0'), ('last_run', '0'), ('next_number', '1'), ('policy', ''), ('reading', ''),
    ('upto', '0'), ('edges', '0');
CREATE TABLE pending (identifier INTEGER PRIMARY KEY, moved INTEGER NOT NULL);
CREATE INDEX memberships_run ON memberships (from_run);
CREATE INDEX severed_from ON severed (from_run);
CREATE INDEX severed_to ON severed (to_run);
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL, made_by TEXT NOT NULL,
    at INTEGER NOT NULL, reason TEXT NOT NULL, comment TEXT NOT NULL, undoes INTEGER NOT NULL,
    code TEXT NOT NULL DEFAULT '', bundle INTEGER NOT NULL DEFAULT 0, approved_by TEXT NOT NULL DEFAULT '');
CREATE INDEX publications_at ON publications (at);
CREATE INDEX decisions_a ON decisions (a);
CREATE INDEX decisions_b ON decisions (b);
CREATE INDEX decisions_undoes ON decisions (undoes);
"""

MIGRATIONS: dict[int, str] = {
    1: """
ALTER TABLE runs ADD COLUMN how TEXT NOT NULL DEFAULT 'full';
ALTER TABLE runs ADD COLUMN base INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET base = number;
CREATE TABLE pending (identifier INTEGER PRIMARY KEY, moved INTEGER NOT NULL);
INSERT INTO pending VALUES (0, 1);
INSERT INTO meta SELECT 'edges', CAST(count(*) AS TEXT) FROM edges;
INSERT INTO meta VALUES ('upto', '0');
CREATE INDEX memberships_run ON memberships (from_run);
CREATE INDEX severed_from ON severed (from_run);
CREATE INDEX severed_to ON severed (to_run);
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL, made_by TEXT NOT NULL,
    at INTEGER NOT NULL, reason TEXT NOT NULL, comment TEXT NOT NULL, undoes INTEGER NOT NULL);
CREATE INDEX publications_at ON publications (at);
DROP INDEX changes_run;
CREATE INDEX changes_run ON changes (run, customer);
""",
    2: """
ALTER TABLE decisions ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN bundle INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decisions ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
CREATE INDEX decisions_a ON decisions (a);
CREATE INDEX decisions_b ON decisions (b);
CREATE INDEX decisions_undoes ON decisions (undoes);
""",
}
"""For each older version the statements that make it one newer."""

BULK_INDEXES = {
    "identifiers": ("CREATE UNIQUE INDEX identifiers_key ON identifiers (type, value)", "identifiers_key"),
    "edges": ("CREATE INDEX edges_b ON edges (b)", "edges_b"),
    "memberships": ("CREATE INDEX memberships_customer ON memberships (customer)", "memberships_customer"),
}
"""Indexes that are faster made after a first bulk load than kept during it."""

VISIBLE = "from_run <= :run AND (to_run IS NULL OR to_run > :run)"
"""The rows that a reader of ``:run`` sees."""
