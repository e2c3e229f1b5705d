"""Records of decisions that have no row in the audit chain, for whoever made them ended in between: they are given one.

A decision is on the disk before its row is. Both are written under the workspace's lock, in one order, so what lacks a
row stands at the end of the records, and the newest row of a decision tells from where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.model import UNDO

if TYPE_CHECKING:
    from knotwork.service.audit import AuditService
    from knotwork_graph.audit import AuditRow
    from knotwork_graph.model import Recorded
    from knotwork_graph.ports import GraphStore

ROWS = ("decision", "undo", "import")
"""The kinds of rows that tell of a record."""

NEAR = 50
MADE_UP = "its own row was never written"


def make_up(audit: AuditService, store: GraphStore) -> int:
    """How many records had no row; they have one now. For the holder of the lock, before it records anything.

    A look at the newest rows where nothing is missing, as nearly always.
    """
    count = store.decision_count()
    if not count:
        return 0
    last = 0
    for row in reversed(newest(audit)):  # as a rule the very newest tells of the last record
        last = max(last, told_in(row, store))
        if last >= count:
            return 0
    lacking = [one for number in range(last + 1, count + 1) if (one := store.decision(number)) is not None]
    for one in lacking:
        audit.audit(*row_of(one), MADE_UP)
    return len(lacking)


def row_of(one: Recorded) -> tuple[str, str, str]:
    """The kind, the person and the thing that the row of a record names."""
    return "undo" if one.kind == UNDO else "decision", one.by, f"decision {one.undoes or one.number}"


def newest(audit: AuditService) -> list[AuditRow]:
    """Rows that tell of records, the newest among them."""
    near = [row for row in audit.rows(last=NEAR) if row.kind in ROWS and row.what.startswith("decision ")]
    return near or [row for kind in ROWS if (row := audit.last_of(kind)) is not None]


def told_in(row: AuditRow, store: GraphStore) -> int:
    """The number of the record that a row tells of, 0 for a row of something else."""
    number = row.what.removeprefix("decision ")
    if number == row.what or not number.isdecimal():
        return 0
    undone = row.kind == "undo" or (row.kind == "import" and row.detail.startswith(f"{UNDO} "))
    found = store.decision(int(number)) if undone else None
    return found.undone_by if found is not None else int(number)
