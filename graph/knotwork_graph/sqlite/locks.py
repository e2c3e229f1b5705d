"""Locks that outlive no owner for long: a row in ``meta`` with who holds it, and until when."""

from __future__ import annotations

import json
from time import time

from knotwork_graph.sqlite.connection import Bulk

# one statement looks and writes, so that no two can find it free
HOLD = """
INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2
WHERE json_extract(value, '$.owner') = ?3 OR json_extract(value, '$.until') <= ?4
"""
HOLDER = "SELECT json_extract(value, '$.owner') AS owner FROM meta WHERE name = ?"
RELEASE = "DELETE FROM meta WHERE name = ?1 AND json_extract(value, '$.owner') = ?2"


def hold(bulk: Bulk, name: str, owner: str, seconds: float) -> str:
    """Who holds the lock now: ``owner``, for so many seconds, where it could be had."""
    now = time()
    bulk.execute(HOLD, (key(name), json.dumps({"owner": owner, "until": now + seconds}), owner, now))
    found = bulk.rows(HOLDER, (key(name),))
    return str(found[0][0]) if found else ""


def release(bulk: Bulk, name: str, owner: str) -> None:
    """Nothing comes back; ``owner`` holds the lock no more."""
    bulk.execute(RELEASE, (key(name), owner))


def key(name: str) -> str:
    """The lock's name among the single values."""
    return f"lock:{name}"
