"""The decisions as nodes: the journal's records again, so that a run reads them where it reads everything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Recorded, told
from knotwork_graph.neo4j.connection import Server, Work

ALL = """
MATCH (d:Decision)
RETURN d.number, d.kind, d.a, d.b, d.by, d.at, d.reason, d.comment, d.undoes ORDER BY d.number
"""
SAME = """
UNWIND $numbers AS number
MATCH (d:Decision {number: number})
RETURN d.number, d.kind, d.a, d.b, d.by, d.at, d.reason, d.comment, d.undoes
"""
ADD = """
UNWIND $rows AS row
CREATE (:Decision {number: row[0], kind: row[1], a: row[2], b: row[3], by: row[4], at: row[5], reason: row[6],
    comment: row[7], undoes: row[8]})
"""


def decisions(server: Server) -> tuple[Recorded, ...]:
    """All records by number, with what undid each."""
    return told(_record(row) for row in server.rows(ALL))


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


def _record(row: tuple[Any, ...]) -> Recorded:
    number, kind, a, b, by, at, *rest = row
    return Recorded(number, kind, a, b, by, at.to_native(), *rest)


def _row(one: Recorded) -> list[Any]:
    return [one.number, str(one.kind), one.a, one.b, one.by, one.at, one.reason, one.comment, one.undoes]
