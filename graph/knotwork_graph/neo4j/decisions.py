"""The decisions as nodes: the journal's records again, so that a run reads them where it reads everything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Recorded, told
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.head import head_of
from knotwork_graph.neo4j.work import Work

COLUMNS = """
d.number, d.kind, d.a, d.b, d.by, d.at, d.reason, d.comment, d.undoes, coalesce(d.code, ''), coalesce(d.bundle, 0),
coalesce(d.approved_by, '')
"""
UNDONE = "OPTIONAL MATCH (u:Decision {undoes: d.number}) WITH d, min(u.number) AS undone"
NEW = f"""
MATCH (k:Knotwork {{name: 'graph'}})
WITH coalesce(k.reworded, 0) AS reworded
WITH reworded, CASE WHEN reworded = $reworded THEN $after ELSE 0 END AS after
RETURN reworded, after, COLLECT {{ MATCH (d:Decision) WHERE d.number > after RETURN [{COLUMNS}] ORDER BY d.number }}
"""
ONE = f"MATCH (d:Decision {{number: $number}}) {UNDONE} RETURN {COLUMNS}, coalesce(undone, 0)"
COUNT = "MATCH (d:Decision) RETURN count(d)"
ABOUT = f"""
UNWIND $keys AS key
CALL (key) {{ MATCH (d:Decision {{a: key}}) RETURN d UNION MATCH (d:Decision {{b: key}}) RETURN d }}
WITH DISTINCT d WHERE NOT EXISTS {{ MATCH (:Decision {{undoes: d.number}}) }}
RETURN {COLUMNS} ORDER BY d.number
"""
SAME = f"UNWIND $numbers AS number MATCH (d:Decision {{number: number}}) RETURN {COLUMNS}"
ADD = """
UNWIND $rows AS row
CREATE (:Decision {number: row[0], kind: row[1], a: row[2], b: row[3], by: row[4], at: row[5], reason: row[6],
    comment: row[7], undoes: row[8], code: row[9], bundle: row[10], approved_by: row[11]})
"""


class Kept:
    """The records as they were read last; they are only added to, an erasure apart, so the next time reads new ones."""

    def __init__(self) -> None:
        self._records: tuple[Recorded, ...] = ()
        self._reworded = 0

    def all(self, work: Work) -> tuple[Recorded, ...]:
        """All records by number, with what undid each; O(new ones), but for the first time and after an erasure."""
        head, known = head_of(work), (self._reworded, len(self._records))
        if head is None or known != (head.meta.get("reworded", 0), head.decisions):
            self._read(work)
        return self._records

    def _read(self, work: Work) -> None:
        known = self._records  # as one value: other threads may be reading, too
        last = known[-1].number if known else 0
        reworded, after, rows = work.rows(NEW, reworded=self._reworded, after=last)[0]
        if rows or after < last:
            self._records = told((*(known if after else ()), *(_record(row) for row in rows)))
        self._reworded = reworded


def decision_count(server: Server) -> int:
    """How many records there are."""
    return int(server.rows(COUNT)[0][0])


def decision(server: Server, number: int) -> Recorded | None:
    """One record with what undid it, or None."""
    return next((_told(row) for row in server.rows(ONE, number=number)), None)


def decisions_on(server: Server, keys: Sequence[str]) -> tuple[Recorded, ...]:
    """The decisions in force that speak of one of ``keys``, by number."""
    return tuple(_record(row) for row in server.rows(ABOUT, keys=list(keys)))


def add_decisions(work: Work, records: Sequence[Recorded]) -> None:
    """Keep those of ``records`` that are not kept yet. Raises ``StoreError`` where another bears one of the numbers."""
    found = {row[0]: _record(row) for row in work.rows(SAME, numbers=[one.number for one in records])}
    for one in records:
        if one.number in found and _row(found[one.number]) != _row(one):
            raise StoreError(
                f"the graph holds another decision under the number {one.number}. The journal and the graph are not of "
                "one workspace: restore both from one backup."
            )
    work.each(ADD, (_row(one) for one in records if one.number not in found))


def _record(row: Sequence[Any]) -> Recorded:
    number, kind, a, b, by, at, reason, comment, undoes, *extra = row
    return Recorded(number, kind, a, b, by, at.to_native(), reason, comment, undoes, 0, *extra)


def _told(row: tuple[Any, ...]) -> Recorded:
    from dataclasses import replace

    return replace(_record(row[:-1]), undone_by=row[-1])


def _row(one: Recorded) -> list[Any]:
    said = [one.number, str(one.kind), one.a, one.b, one.by, one.at, one.reason, one.comment, one.undoes]
    return [*said, one.code, one.bundle, one.approved_by]
