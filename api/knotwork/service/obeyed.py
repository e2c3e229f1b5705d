"""The decisions that the current run obeyed, and what a reader sees of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from knotwork_graph.model import Decision, DecisionKind, EdgeView, IdentifierView, Recorded, Run, Status, in_force

if TYPE_CHECKING:
    from datetime import datetime

    from knotwork_graph.ports import GraphReader
    from knotwork_graph.proposals import Matched

SEEN = "decisions"
"""The name, among a run's counts, of how many records of decisions it looked at."""

SHOWN = {
    DecisionKind.MARK_SHARED: (Status.SHARED, "shared"),
    DecisionKind.BLOCK: (Status.BLOCKED, "blocked"),
    DecisionKind.KEEP_LINKING: (Status.LINKING, "keeps linking"),
}
"""What a word on one identifier makes of it, and how that is said."""


def obeyed(store: GraphReader) -> tuple[Decision, ...]:
    """The decisions that the current run obeyed, by number; later ones wait for the next run."""
    records = store.decisions()
    if not records:
        return ()
    return obeyed_by(store.run(store.state().current), records)


def obeyed_by(run: Run | None, records: Sequence[Recorded]) -> tuple[Decision, ...]:
    """Those of ``records`` (all, by number) that ``run`` obeyed."""
    return in_force(records[: 0 if run is None else run.counts.get(SEEN, 0)])


def words_told(held: Iterable[IdentifierView], decisions: Iterable[Decision]) -> tuple[IdentifierView, ...]:
    """The identifiers, each with the decision that made it what it is; ``decisions`` are those that a run obeyed."""
    said = {one.a: one for one in decisions if one.b is None}
    return tuple(_told(one, said.get(one.key)) for one in held)


def _told(one: IdentifierView, said: Decision | None) -> IdentifierView:
    if said is None or SHOWN[said.kind][0] is not one.status:
        return one
    return replace(one, reason=f"{SHOWN[said.kind][1]}: {account(said)}")


def links_told(
    edges: Iterable[EdgeView], held: Iterable[IdentifierView], decisions: Iterable[Decision]
) -> tuple[EdgeView, ...]:
    """The edges of the customer who holds ``held``, those that were decided as such, by their keys.

    A must-link of two that no event has shown together is an edge with nothing counted; a cannot-link on an edge is
    told as a severed one.
    """
    said = {one.about: one for one in decisions if one.b is not None}
    inside = {one.key for one in held}
    seen = {(edge.a, edge.b) for edge in edges}
    unseen = (one for about, one in said.items() if about not in seen and inside.issuperset(about))
    made = [_made(one) for one in unseen if one.kind is DecisionKind.MUST_LINK]
    told = [_decided(edge, said) for edge in edges]
    return tuple(sorted((*told, *made), key=lambda edge: (edge.a, edge.b)))


def guesses_told(
    edges: Iterable[EdgeView], matches: Iterable[Matched], held: Iterable[IdentifierView], at: datetime
) -> tuple[EdgeView, ...]:
    """The edges, and those matched pairs within the customer who holds ``held`` that no event has shown.

    They have no time of their own; ``at`` (that of the model) stands for it.
    """
    told, inside = list(edges), {one.key for one in held}
    seen = {(edge.a, edge.b) for edge in told}
    for one in matches:
        if {one.a, one.b} <= inside and (one.a, one.b) not in seen:
            detail = f"model {one.model}: {one.score:.1%}"
            told.append(EdgeView(one.a, one.b, 0, 0, at, at, (), "matched", detail))
    return tuple(sorted(told, key=lambda edge: (edge.a, edge.b)))


def _decided(edge: EdgeView, said: Mapping[tuple[str, ...], Decision]) -> EdgeView:
    one = said.get((edge.a, edge.b))
    if one is None:
        return edge
    return replace(edge, kind="decided" if one.kind is DecisionKind.MUST_LINK else "severed", detail=account(one))


def _made(one: Decision) -> EdgeView:
    a, b = one.about
    return EdgeView(a, b, 0, 0, one.at, one.at, (), "decided", account(one))


def account(one: Decision) -> str:
    """A decision in few words: its number, by whom and when. Why is told by the decision itself: it can be personal."""
    return f"decision {one.number} ({one.by}, {one.at:%Y-%m-%d})"
