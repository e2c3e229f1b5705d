"""Looking back: how well people and machines agree, and what people taught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from knotwork.service.review.values import ACCEPT, Label, Report
from knotwork_graph.desk import CaseKind, CaseState, Desk
from knotwork_graph.model import DecisionKind, Recorded


def report(desk: Desk) -> Report:
    """How the desk does."""
    from knotwork_resolvers.review.agreement import double_looks, kappa, precision

    opinions, counts = desk.opinions(), desk.counts()
    twice = double_looks(opinions)
    return Report(
        open={kind: count for (state, kind), count in sorted(counts.items()) if state == CaseState.OPEN},
        settled=_by_state(counts),
        precision=precision(opinions),
        agreement=kappa(twice),
        doubly_looked=len(twice),
        waiting=len(desk.waiting()),
        people=dict(sorted(Counter(one.who for one in opinions).items())),
    )


def _by_state(counts: dict[tuple[str, str], int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (state, _), count in sorted(counts.items()):
        if state != CaseState.OPEN:
            found[state] = found.get(state, 0) + count
    return found


def labels(desk: Desk, standing: Iterable[Recorded]) -> tuple[Label, ...]:
    """What people said of pairs, by keys: the decisions that stand, then answers that recorded none; each pair once."""
    found: dict[tuple[str, str], Label] = {}
    for one in (*_decided(standing), *_answered(desk)):
        found.setdefault((one.a, one.b), one)
    return tuple(found[pair] for pair in sorted(found))


def _decided(standing: Iterable[Recorded]) -> Iterator[Label]:
    for one in standing:
        if one.kind in (DecisionKind.MUST_LINK, DecisionKind.CANNOT_LINK):
            a, b = sorted((one.a, one.b))
            yield Label(a, b, one.kind == DecisionKind.MUST_LINK, one.by, f"decision {one.number}")


def _answered(desk: Desk) -> Iterator[Label]:
    """Joined pairs of the quality sample that people confirmed: these record no decision."""
    for one in desk.opinions():
        if one.kind == CaseKind.MERGE and one.answer == ACCEPT:
            about = desk.case(one.case).finding.about
            yield Label(about[0], about[1], True, one.who, f"case {one.case}")
