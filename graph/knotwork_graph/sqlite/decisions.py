"""The decisions as rows: the journal's records again, so that a run reads them where it reads everything else."""

from __future__ import annotations

from collections.abc import Sequence

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Recorded, from_micros, to_micros, told
from knotwork_graph.sqlite.connection import Bulk, Lookup

COLUMNS = "number, kind, a, b, made_by, at, reason, comment, undoes"
ALL = f"SELECT {COLUMNS} FROM decisions ORDER BY number"
OTHERS = f"""
SELECT number FROM temp.new_decisions AS new WHERE EXISTS (SELECT 1 FROM decisions AS old WHERE old.number = new.number)
AND number NOT IN (
    SELECT number FROM (SELECT {COLUMNS} FROM decisions INTERSECT SELECT {COLUMNS} FROM temp.new_decisions))
"""
ADD = f"INSERT OR IGNORE INTO decisions ({COLUMNS}) SELECT {COLUMNS} FROM temp.new_decisions ORDER BY number"


def decisions(lookup: Lookup) -> tuple[Recorded, ...]:
    """All records by number, with what undid each."""
    rows = lookup.rows(ALL)
    return told(
        Recorded(number, kind, a, b, by, from_micros(at), reason, comment, undoes)
        for number, kind, a, b, by, at, reason, comment, undoes in rows
    )


def add_decisions(bulk: Bulk, records: Sequence[Recorded]) -> None:
    """Keep those of ``records`` that are not kept yet, inside the caller's transaction.

    Raises ``StoreError`` where another record bears one of the numbers.
    """
    import pyarrow as pa

    rows = [
        (one.number, str(one.kind), one.a, one.b, one.by, to_micros(one.at), one.reason, one.comment, one.undoes)
        for one in records
    ]
    names = COLUMNS.split(", ")
    columns = zip(*rows, strict=True)
    bulk.scratch("new_decisions", pa.table(dict(zip(names, map(list, columns), strict=True))))
    others = bulk.fetch(OTHERS)["number"].to_pylist()
    if others:
        raise StoreError(
            f"the graph holds another decision under the number {others[0]}. The journal and the graph are not of one "
            "workspace: restore both from one backup."
        )
    bulk.execute(ADD)
