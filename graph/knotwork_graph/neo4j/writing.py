"""The verbs that write much: in one transaction where that fits, else in parts under a mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j import taking
from knotwork_graph.neo4j.connection import Server, Work
from knotwork_graph.neo4j.projecting import apply_rows, keep, weight
from knotwork_graph.neo4j.publishing import publish_run, take_out
from knotwork_graph.neo4j.redirects import stage_redirects
from knotwork_graph.neo4j.staging import heft, keep_run, refuse_known, stage_rows
from knotwork_graph.neo4j.taking import STAGING, TORN, Parts, take, torn_run
from knotwork_graph.ports import Increment, Projected, StagedRun

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

KNOWN = "MATCH (k:Knotwork {name: 'graph'}) RETURN k.reading, k.upto, k.torn"
SEGMENTS = "MATCH (s:Segment) RETURN collect(s.number)"
HALF = (
    "the graph holds half of what a writer that died was adding. `knotwork resolve` projects it anew from the facts; "
    "nothing is lost."
)


def projected(work: Work) -> Projected:
    """Which facts the graph holds. Half a projection is none, under no reading: it will be made anew."""
    reading, upto, torn = work.rows(KNOWN)[0]
    if torn is not None:
        return Projected("", frozenset())
    return Projected(reading, frozenset(work.rows(SEGMENTS)[0][0]), upto)


def project(server: Server, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
    """Apply an increment; where ``before_commit`` fails, or the writer dies, nothing of it counts."""
    if weight(increment) > taking.ROWS_AT_ONCE:
        _project_in_parts(server, increment, before_commit)
        return

    def apply(work: Work) -> None:
        meta = take(work)
        if TORN in meta:
            raise StoreError(HALF)
        applied = apply_rows(work, meta, increment)
        keep(work, meta, increment, applied)
        before_commit(applied.ids)

    server.write(apply)


def _project_in_parts(server: Server, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
    if server.read(lambda work: work.rows(KNOWN))[0][2] is not None:
        raise StoreError(HALF)
    parts = Parts(server, TORN)
    applied = apply_rows(parts, parts.begin(), increment)

    def finish(work: Work) -> None:
        keep(work, parts.finish(work), increment, applied)
        before_commit(applied.ids)

    server.write(finish)


def stage(server: Server, staged: StagedRun, *, publish: bool = False) -> None:
    """Keep a run, and with ``publish`` let readers see it at once; what a dead writer left is taken out first."""
    take_out_leftovers(server)
    if heft(staged) > taking.ROWS_AT_ONCE:
        _stage_in_parts(server, staged, publish=publish)
        return

    def whole(work: Work) -> None:
        meta = take(work)
        if STAGING in meta:
            raise StoreError(HALF)
        refuse_known(work, staged.run.number)
        stage_rows(work, staged)
        stage_redirects(work, meta, staged)
        _finish(work, staged, publish=publish)

    server.write(whole)


def take_out_leftovers(server: Server) -> None:
    """Remove what a dead writer left of a run, before another run takes its number."""
    if left := torn_run(server.write(take)):
        take_out(server, left)


def _stage_in_parts(server: Server, staged: StagedRun, *, publish: bool) -> None:
    server.read(lambda work: refuse_known(work, staged.run.number))
    parts = Parts(server, STAGING, staged.run.number)
    meta = parts.begin()
    stage_rows(parts, staged)
    stage_redirects(parts, meta, staged)

    def finish(work: Work) -> None:
        parts.finish(work)
        _finish(work, staged, publish=publish)

    server.write(finish)


def _finish(work: Work, staged: StagedRun, *, publish: bool) -> None:
    keep_run(work, staged)
    if publish:
        publish_run(work, take(work), staged.run.number, datetime.now(UTC))
