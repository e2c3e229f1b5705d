"""What a run says to the person who started it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from knotwork_graph.model import figures_in
from knotwork_resolvers.identity import ChangeCode
from knotwork_resolvers.projection.queries import MOST_IDENTIFIERS
from knotwork_resolvers.run.figures import warnings_of
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.steps import Steps


@dataclass(frozen=True, slots=True)
class ResolveReport:
    """One resolution. ``run`` is 0 for a dry run; ``steps``: seconds by step.

    ``how`` says what was looked at: everything (full), what was touched since the last run (incremental), or nothing,
    for nothing was touched, or it must wait for a full run. ``because`` says why it had to be everything. ``counts``:
    events, identifiers, customers, edges, largest, and after a full run nobody (events of no customer). ``changes``: by
    kind.
    """

    run: int
    moment: datetime
    how: Literal["full", "incremental", "nothing new", "waiting"]
    because: str = ""
    dry_run: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    severed: int = 0
    shared: int = 0
    warnings: tuple[str, ...] = ()
    steps: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long all steps took."""
        return sum(self.steps.values())


def report_of(
    number: int, at: Situation, outcome: Outcome, counts: Mapping[str, int], steps: Steps, *, because: str = ""
) -> ResolveReport:
    """What came of a run; ``number`` 0 for a dry one, ``because`` empty for one that looked at what was touched."""
    return ResolveReport(
        run=number,
        moment=at.moment,
        how="full" if because else "incremental",
        because=because,
        dry_run=not number,
        counts=figures_in(counts),
        changes={kind.name.lower(): outcome.found.changes.count(kind) for kind in ChangeCode},
        severed=counts["severed"],
        shared=counts["shared"],
        warnings=(*warnings_of(outcome.graph, outcome.found, at.policy), *crowd_of(at)),
        steps=steps.seconds,
    )


def unchanged(at: Situation, counts: Mapping[str, int], steps: Steps) -> ResolveReport:
    """What is said where no run was made; the ``counts`` are the last one's."""
    return ResolveReport(
        run=at.state.current,
        moment=at.moment,
        how="nothing new",
        counts=figures_in(counts),
        changes={kind.name.lower(): 0 for kind in ChangeCode},
        severed=counts.get("severed", 0),
        shared=counts.get("shared", 0),
        warnings=crowd_of(at),
        steps=steps.seconds,
    )


def crowd_of(at: Situation) -> tuple[str, ...]:
    """A sentence on the new events that bear too many identifiers to link any; none where there is no such event."""
    if not at.fresh.crowded:
        return ()
    one = at.fresh.crowded == 1
    some = "1 new event links" if one else f"{at.fresh.crowded:,} new events link"
    return (f"{some} nothing: more than {MOST_IDENTIFIERS} identifiers, or two of a type limited to one",)
