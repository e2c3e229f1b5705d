"""Where the parts of a workspace lie: what runs read and write, and what questions are asked of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from knotwork_graph.facts import FactLog
from knotwork_graph.generations import Generations
from knotwork_graph.journal import Journal
from knotwork_graph.ports import GraphStore
from knotwork_graph.proposals import MatchBook
from knotwork_graph.sightings import SightingFiles
from knotwork_resolvers.opened.generation import OpenGeneration
from knotwork_resolvers.whole_graph import WholeGraph


@dataclass(frozen=True, slots=True)
class Home:
    """Where a run reads and writes: facts, graph, sightings, generations, and room for scratch files.

    ``journal`` is where decisions are kept; a home that none was ever made in may be without.
    """

    facts: FactLog
    store: GraphStore
    sightings: SightingFiles
    generations: Generations
    scratch: Path
    matches: MatchBook | None = field(default=None, kw_only=True)
    journal: Journal | None = None
    opened: OpenGeneration = field(init=False, compare=False, repr=False)
    whole: WholeGraph = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "opened", OpenGeneration(self.generations, self.scratch))
        object.__setattr__(self, "whole", WholeGraph(self.store))

    def close(self) -> None:
        """Give back files and connections."""
        self.opened.close()
        if self.matches is not None:
            self.matches.close()
        self.store.close()
        self.sightings.close()


def newer_events(home: Home) -> bool:
    """Whether there are events that the run which readers see has not looked at."""
    known = home.store.projected()
    segments, single = home.facts.snapshot(after=known.upto)
    pending = home.store.pending(ages=False)  # where links age, a run settles all it has looked at
    waiting = pending is not None and len(pending) > 0
    return waiting or len(single) > 0 or not all(known.holds(one.number, one.last_event) for one in segments)


def read_anew(home: Home) -> bool:
    """Whether the graph was read in another way since that run: under another policy, or after an erasure."""
    return home.store.pending(ages=False) is None
