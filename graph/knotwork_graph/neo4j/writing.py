"""The verbs that write much: in one transaction where that fits, else in parts under a mark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j import taking
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.head import Head, Meta, head_of
from knotwork_graph.neo4j.projecting import apply_whole, keep, planned, weight
from knotwork_graph.neo4j.publishing import take_out
from knotwork_graph.neo4j.redirects import redirect_rows, taken_back
from knotwork_graph.neo4j.staging import cut_rows, heft, member_rows, refuse_known, run_kept, run_published
from knotwork_graph.neo4j.taking import STAGING, TORN, Parts, take, torn_run
from knotwork_graph.neo4j.work import Work, Write
from knotwork_graph.ports import Increment, Projected, StagedRun

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

KNOWN = "MATCH (k:Knotwork {name: 'graph'}) RETURN k.reading, k.upto, k.torn"
SEGMENTS = f"{KNOWN}, COLLECT {{ MATCH (s:Segment) RETURN s.number }}"
HALF = (
    "the graph holds half of what a writer that died was adding. `knotwork resolve` projects it anew from the facts; "
    "nothing is lost."
)


def projected(work: Work) -> Projected:
    """Which facts the graph holds. Half a projection is none, under no reading: it will be made anew."""
    if (head := head_of(work)) is not None:
        return _projected(head.meta["reading"], head.meta["upto"], head.meta.get(TORN), head.segments)
    return _projected(*work.rows(SEGMENTS)[0])


def _projected(reading: str, upto: int, torn: str | None, segments: Iterable[int]) -> Projected:
    if torn is not None:
        return Projected("", frozenset())
    return Projected(reading, frozenset(segments), upto)


def project(server: Server, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
    """Apply an increment; where ``before_commit`` fails, or the writer dies, nothing of it counts."""
    if weight(increment) > taking.ROWS_AT_ONCE:
        _project_in_parts(server, increment, before_commit)
        return

    def apply(work: Work) -> None:
        meta = take(work)
        if TORN in meta:
            raise StoreError(HALF)
        applied = apply_whole(work, meta, increment)
        before_commit(applied.ids)
        if work.ahead is not None and applied.edges is not None and (head := head_of(work)) is not None:
            head.add(applied.waiting, applied.calm, increment.segments)
            work.ahead.keep(Head)
            work.ahead.standing.add(meta["current"], head.meta["types"], applied.says)

    server.write(apply)


def _project_in_parts(server: Server, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
    server.part()
    if server.read(lambda work: work.rows(KNOWN))[0][2] is not None:
        raise StoreError(HALF)
    parts = Parts(server, TORN)
    applied = planned(parts, parts.begin(), increment)
    made = parts.all(applied.writes)

    def finish(work: Work) -> None:
        keep(work, parts.finish(work), increment, applied, made)
        before_commit(applied.ids)

    server.write(finish)


def stage(server: Server, staged: StagedRun, *, publish: bool = False) -> None:
    """Keep a run, and with ``publish`` let readers see it at once; what a dead writer left is taken out first."""
    if heft(staged) > taking.ROWS_AT_ONCE:
        server.part()
        take_out_leftovers(server)
        _stage_in_parts(server, staged, publish=publish)
    elif not server.write(lambda work: _stage_whole(work, staged, publish=publish)):
        take_out_leftovers(server)
        server.write(lambda work: _stage_whole(work, staged, publish=publish))


def _stage_whole(work: Work, staged: StagedRun, *, publish: bool) -> bool:
    """Whether the run was kept; where a dead writer has left half of another one, nothing is done."""
    meta = take(work)
    if STAGING in meta:
        return False
    refuse_known(work, meta, staged.run.number)
    if meta["current"] < staged.run.number - 1:  # runs were dropped: what that means hangs on what was just written
        work.all([*member_rows(staged), *cut_rows(work, staged)])
        taken_back(work, meta, staged)
        work.all([*redirect_rows(staged), *_last(meta, staged, publish=publish)])
    else:
        rare = [*cut_rows(work, staged), *redirect_rows(staged)]
        usual = [*member_rows(staged), *_last(meta, staged, publish=publish)]
        # two texts to plan: most runs have nothing rare, and are written by the shorter one
        work.all([*rare, *usual] if any(one.rows for one in rare) else usual)
    return True


def take_out_leftovers(server: Server) -> None:
    """Remove what a dead writer left of a run, before another run takes its number."""
    if left := torn_run(server.write(take)):
        take_out(server, left)


def _stage_in_parts(server: Server, staged: StagedRun, *, publish: bool) -> None:
    server.write(lambda work: refuse_known(work, take(work), staged.run.number))
    parts = Parts(server, STAGING, staged.run.number)
    meta = parts.begin()
    parts.all([*member_rows(staged), *cut_rows(parts, staged)])
    taken_back(parts, meta, staged)
    parts.all(redirect_rows(staged))

    def finish(work: Work) -> None:
        work.all(_last(parts.finish(work), staged, publish=publish))

    server.write(finish)


def _last(meta: Meta, staged: StagedRun, *, publish: bool) -> Iterator[Write]:
    """The run itself, the last of all, and maybe the move of the pointer to it."""
    return run_published(meta, staged, datetime.now(UTC)) if publish else run_kept(staged)
