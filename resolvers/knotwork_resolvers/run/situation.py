"""What one run looks at, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from knotwork_graph.facts import Segment
from knotwork_graph.model import Decision, GraphArrays, Recorded, in_force, to_micros
from knotwork_graph.policy import Policy
from knotwork_graph.ports import Memberships, StoreState
from knotwork_resolvers.identity import Previous, Resolution
from knotwork_resolvers.run.catch_up import Fresh
from knotwork_resolvers.run.touched import Touched


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a run starts from. ``until`` (microseconds) is set where later events must not count.

    ``records`` are all decisions and undoings; ``touched`` is None where everything counts as touched; ``fresh`` is
    what was new to the graph; ``counts`` are those of the run that readers see; ``matched``: the change of the match
    book that the run obeys.
    """

    policy: Policy
    moment: datetime
    until: int | None
    segments: tuple[Segment, ...]
    state: StoreState
    records: tuple[Recorded, ...]
    touched: Touched | None
    fresh: Fresh
    counts: dict[str, int]
    matched: int = field(default=0, kw_only=True)
    erased: bool = False

    @property
    def at(self) -> int:
        """The moment in microseconds."""
        return to_micros(self.moment)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions in force."""
        return in_force(self.records)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What resolving some graph (all of it, or the part that was reached) has found, and what held there before.

    ``cut``: how many edges at a part's identifiers the run that readers see has severed.
    """

    graph: GraphArrays
    found: Resolution
    previous: Previous
    memberships: Memberships
    cut: int = 0
