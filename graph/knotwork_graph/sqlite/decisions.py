"""The decisions as rows: the journal's records again, so that a run reads them where it reads everything else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Recorded, from_micros, to_micros, told
from knotwork_graph.sqlite.connection import Bulk, Lookup

COLUMNS = "number, kind, a, b, made_by, at, reason, comment, undoes, code, bundle, approved_by"
UNDONE = "coalesce((SELECT min(u.number) FROM decisions AS u WHERE u.undoes = d.number), 0) AS undone_by"
AFTER = f"SELECT {COLUMNS} FROM decisions WHERE number > :after ORDER BY number"
ONE = f"SELECT {COLUMNS}, {UNDONE} FROM decisions AS d WHERE number = :number"
ABOUT = f"""
WITH wanted AS (SELECT value FROM json_each(:keys)), found AS (
    SELECT * FROM decisions WHERE a IN (SELECT value FROM wanted)
    UNION SELECT * FROM decisions WHERE b IN (SELECT value FROM wanted))
SELECT {COLUMNS} FROM found AS d WHERE NOT EXISTS (SELECT 1 FROM decisions AS u WHERE u.undoes = d.number)
ORDER BY number
"""
OTHERS = f"""
SELECT number FROM temp.new_decisions AS new WHERE EXISTS (SELECT 1 FROM decisions AS old WHERE old.number = new.number)
AND number NOT IN (
    SELECT number FROM (SELECT {COLUMNS} FROM decisions INTERSECT SELECT {COLUMNS} FROM temp.new_decisions))
"""
ADD = f"INSERT OR IGNORE INTO decisions ({COLUMNS}) SELECT {COLUMNS} FROM temp.new_decisions ORDER BY number"


class Kept:
    """The records as they were read last; they are only added to, an erasure apart, so the next time reads new ones."""

    def __init__(self) -> None:
        self._records: tuple[Recorded, ...] = ()

    def all(self, lookup: Lookup, count: int) -> tuple[Recorded, ...]:
        """All ``count`` records by number, with what undid each; O(new ones), but for the first time."""
        if count != len(self._records):
            last = self._records[-1].number if self._records else 0
            new = [_record(row) for row in lookup.rows(AFTER, {"after": last})]
            self._records = told((*self._records, *new))
        return self._records

    def forget(self) -> None:
        """Read them all again the next time: an erasure has changed what they say."""
        self._records = ()


def decision(lookup: Lookup, number: int) -> Recorded | None:
    """One record with what undid it, or None."""
    return next((_record(row) for row in lookup.rows(ONE, {"number": number})), None)


def decisions_on(lookup: Lookup, keys: Sequence[str]) -> tuple[Recorded, ...]:
    """The decisions in force that speak of one of ``keys``, by number; an index each."""
    rows = lookup.rows(ABOUT, {"keys": json.dumps(list(keys))}) if keys else ()
    return tuple(map(_record, rows))


def add_decisions(bulk: Bulk, records: Sequence[Recorded]) -> None:
    """Keep those of ``records`` that are not kept yet, inside the caller's transaction.

    Raises ``StoreError`` where another record bears one of the numbers.
    """
    import pyarrow as pa

    names = COLUMNS.split(", ")
    columns = zip(*map(_row, records), strict=True)
    bulk.scratch("new_decisions", pa.table(dict(zip(names, map(list, columns), strict=True))))
    others = bulk.rows(OTHERS)
    if others:
        raise StoreError(
            f"the graph holds another decision under the number {others[0][0]}. "
            "The journal and the graph are not of one workspace: restore both from one backup."
        )
    bulk.execute(ADD)


def _record(row: Sequence[Any]) -> Recorded:
    number, kind, a, b, by, at, reason, comment, undoes, code, bundle, approved_by, *undone = row
    late = undone[0] if undone else 0
    return Recorded(number, kind, a, b, by, from_micros(at), reason, comment, undoes, late, code, bundle, approved_by)


def _row(one: Recorded) -> tuple[Any, ...]:
    said = (one.number, str(one.kind), one.a, one.b, one.by, to_micros(one.at), one.reason, one.comment, one.undoes)
    return (*said, one.code, one.bundle, one.approved_by)
