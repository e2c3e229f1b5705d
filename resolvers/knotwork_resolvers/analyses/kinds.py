"""The kinds of analysis: what each is asked with, what answers it, and who stands behind its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion
from knotwork_resolvers.analyses import (
    attribution,
    funnel,
    funnel_question,
    lifecycle,
    paths,
    retention,
    rfm,
    session_figures,
    steps,
    stitched,
    transitions,
)
from knotwork_resolvers.analyses.cell import Cell
from knotwork_resolvers.analyses.log import EventLog
from knotwork_resolvers.analyses.options import question_of
from knotwork_resolvers.analyses.scope import Scope
from knotwork_resolvers.analyses.table import Table


class Answer(Protocol):
    """What every analysis comes back with."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Words for people: why there is nothing, or what was taken for granted."""

    def tables(self) -> tuple[Table, ...]:
        """The answer as tables, the one that people ask for first."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One analysis. ``cell`` names the values that stand for a number of its first table; those in brackets may miss.

    ``ordered`` says that it reads the order of events, for which the log is filled.
    """

    question: type[Any]
    ask: Callable[[EventLog, Any], Answer]
    people: Callable[[EventLog, Any, Cell], str]
    cell: str
    ordered: bool = True


KINDS: dict[str, Kind] = {
    "transitions": Kind(
        transitions.Transitions, transitions.transitions, transitions.transition_people, "event, next event"
    ),
    "paths": Kind(paths.Paths, paths.paths, paths.path_people, "step, event, [next event]"),
    "steps": Kind(steps.Steps, steps.steps, steps.step_people, "event, step"),
    "funnel": Kind(funnel_question.Funnel, funnel.funnel, funnel.funnel_people, "step, [lost]"),
    "retention": Kind(
        retention.Retention, retention.retention, retention.retention_people, "first day of the cohort, [periods later]"
    ),
    "rfm": Kind(rfm.Rfm, rfm.rfm, rfm.rfm_people, "recency score, frequency score", ordered=False),
    "lifecycle": Kind(lifecycle.Lifecycle, lifecycle.lifecycle, lifecycle.lifecycle_people, "stage"),
    "attribution": Kind(
        attribution.Attribution,
        attribution.attribution,
        attribution.attribution_people,
        "touchpoint, [model]",
        ordered=False,
    ),
    "sessions": Kind(
        session_figures.Sessions,
        session_figures.sessions,
        session_figures.session_people,
        "sessions each",
        ordered=False,
    ),
    "stitching": Kind(stitched.Stitching, stitched.stitching, stitched.stitching_people, "figure", ordered=False),
}


def kind_of(name: str) -> Kind:
    """The kind of this name; raises ``UsageError`` with the nearest one."""
    if name not in KINDS:
        raise UsageError(f"there is no analysis {name}; {suggestion(name, list(KINDS))}")
    return KINDS[name]


def ask(log: EventLog, name: str, scope: Scope, given: dict[str, Any]) -> Answer:
    """The answer to a question of this kind about what ``scope`` names. Raises ``UsageError``."""
    kind = kind_of(name)
    question = question_of(kind.question, given)
    log.look_at(scope, ordered=kind.ordered)
    return kind.ask(log, question)


def people_behind(log: EventLog, name: str, cell: Sequence[str], scope: Scope, given: dict[str, Any]) -> list[int]:
    """The numbers of the customers behind one number of the answer, ascending. Raises ``UsageError``."""
    kind = kind_of(name)
    question = question_of(kind.question, given)
    log.look_at(scope, ordered=kind.ordered)
    query = kind.people(log, question, tuple(map(str, cell)))
    return [number for (number,) in log.run(f"SELECT DISTINCT customer FROM ({query}) ORDER BY customer")]
