"""Two stores with the same history: one resolves everything each time, the other what was touched only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from knotwork_graph.facts import FactLog
from knotwork_graph.generations import Generations
from knotwork_graph.model import UNDO, Recorded, Run, RunState
from knotwork_graph.model.times import EPOCH
from knotwork_graph.policy import Policy
from knotwork_graph.sightings import SightingFiles
from knotwork_graph.sqlite import SqliteGraphStore
from knotwork_resolvers.home import Home
from knotwork_resolvers.run.before import open_rows
from knotwork_resolvers.run.catch_up import Fresh
from knotwork_resolvers.run.causes import causes_of
from knotwork_resolvers.run.everything import resolve_everything
from knotwork_resolvers.run.figures import figures, figures_after
from knotwork_resolvers.run.guessed import COUNT
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.staging import staged_run
from knotwork_resolvers.run.steps import Steps
from knotwork_resolvers.run.touched import touched_since, unseen
from knotwork_resolvers.run.touched_only import keep_touched, resolve_touched
from tests.contract.graph.made import Named, Seen, increment
from tests.unit.identity.graphs import DAY

COMPARED = ("identifiers", "edges", "customers", "largest", "severed", "shared", "unusable")


@dataclass(frozen=True, slots=True)
class Step:
    """What happens before a run on ``day``: edges that are seen, single identifiers, values of traits, decisions.

    Before all that, what was seen of the ``erased`` keys is taken out for good.
    """

    day: int
    seen: tuple[Seen, ...] = ()
    named: tuple[Named, ...] = ()
    traits: tuple[tuple[str, str, int], ...] = ()
    records: tuple[Recorded, ...] = ()
    erased: tuple[str, ...] = ()

    def without(self, keys: tuple[str, ...]) -> Step:
        """The same, had nobody ever seen ``keys``."""
        seen = tuple(one for one in self.seen if not {one.a, one.b} & {*keys})
        named = tuple(one for one in self.named if one.key not in keys)
        left = {end for one in seen for end in (one.a, one.b)} | {one.key for one in named}
        return replace(self, seen=seen, named=named, traits=tuple(one for one in self.traits if one[0] in left))


@dataclass(slots=True)
class Ledger:
    """A store and its runs; ``whole`` says whether each run resolves everything."""

    folder: Path
    policy: Policy
    whole: bool
    segment: int = 0
    taken: list[Step] = field(default_factory=list)
    home: Home = field(init=False)

    def __post_init__(self) -> None:
        self.home = Home(
            facts=FactLog(self.folder / "facts"),
            store=SqliteGraphStore(self.folder),
            sightings=SightingFiles(self.folder / "sightings"),
            generations=Generations(self.folder / "generations"),
            scratch=self.folder,
        )

    def take(self, step: Step) -> dict[str, int]:
        """Apply a step and resolve; the counts of the run."""
        store = self.home.store
        if step.erased:
            self._erase(step.erased)
        self._project(step)
        store.add_decisions(step.records)
        at = self._situation(step.day)
        if self.whole or at.touched is None or not at.state.current:
            return self._whole(at)
        outcome = resolve_touched(self.home, at)
        counts = figures_after(at, self.home, outcome)
        keep_touched(self.home, at, outcome, counts)
        return counts

    def _project(self, step: Step) -> None:
        self.taken.append(step)
        if step.seen or step.named or step.traits:
            self.segment += 1
            seen = increment(self.segment, *step.seen, named=step.named, traits=step.traits)
            self.home.store.project(seen, lambda _: None)

    def _erase(self, keys: tuple[str, ...]) -> None:
        """As an erasure does: everything is projected anew from what is left, and the rest is forgotten."""
        left, self.taken, self.segment = [step.without(keys) for step in self.taken], [], 0
        self.home.store.clear_projection("anew")
        for step in left:
            self._project(step)
        self.home.store.forget_unseen()

    def _whole(self, at: Situation) -> dict[str, int]:
        outcome = resolve_everything(self.home, at, Steps())
        counts = figures(outcome.graph, outcome.found) | {"decisions": len(at.records), COUNT: at.matched}
        number = at.state.last_run + 1
        run = Run(number, RunState.STAGED, at.moment, at.moment, None, counts, "full", number)
        self.home.store.stage_and_publish(self._staged(run, at, outcome))
        return counts

    def _staged(self, run: Run, at: Situation, outcome: Outcome) -> Any:
        touched = at.touched if at.state.current else None
        causes = causes_of(outcome.graph, outcome.found, outcome.previous, touched, new_policy=False)
        held = open_rows(outcome.memberships, outcome.graph.identifiers.ids)
        return staged_run(run, outcome, held, policy="p", causes=causes)

    def _situation(self, day: int) -> Situation:
        store, moment = self.home.store, EPOCH + timedelta(days=day)
        state, records = store.state(), store.decisions()
        counts = store.runs()[0].counts if state.current else {}
        new = unseen(records, counts.get("decisions", 0))
        touched = touched_since(store, state, self.policy, day * DAY, new)
        return Situation(self.policy, moment, None, (), state, records, touched, Fresh(0), counts)

    def told(self) -> dict[str, Any]:
        """All that readers see: members with customers and reasons, cut edges, old ids, and what has changed."""
        store = self.home.store
        changes = [{k: v for k, v in row.items() if k != "run"} for row in store.change_rows().to_pylist()]
        numbers = range(1, store.state().next_number)
        return {
            "members": sorted(tuple(row.values()) for row in store.member_rows().to_pylist()),
            "severed": sorted(tuple(row.values()) for row in store.severed_rows().to_pylist()),
            "heirs": {number: store.heirs(number) for number in numbers},
            "next": store.state().next_number,
            "changes": changes,
        }

    def close(self) -> None:
        """Give back the files."""
        self.home.store.close()


def compared(counts: dict[str, int]) -> dict[str, int]:
    """The counts that both ways of resolving keep."""
    return {name: count for name, count in counts.items() if name in COMPARED or "size_" in name}


def history(
    chance: Random, links: Sequence[Any], keys: Sequence[str], said: Sequence[Any], days: Sequence[int]
) -> list[Step]:
    """Steps over the days: the links come in any order and again, decisions are made and undone in between."""
    records: list[Recorded] = []
    steps = []
    for day in days:
        again = chance.sample(links, min(len(links), chance.choice((0, 1, 1, 2, 5))))
        seen = tuple(_seen(chance, link, day) for link in again)
        named = tuple(Named(key, first=day, last=day) for key in chance.sample(list(keys), chance.choice((0, 0, 1))))
        values = [(key, "family_name", chance.randint(1, 3)) for key in {end for one in seen for end in (one.a, one.b)}]
        new = _records(chance, records, said, day)
        records += new
        traits = tuple(value for value in values if chance.random() < 0.3)
        erased = tuple(chance.sample(list(keys), 1)) if steps and chance.random() < 0.1 else ()
        steps.append(Step(day, seen, named, traits, tuple(new), erased))
    return steps


def _seen(chance: Random, link: Any, day: int) -> Seen:
    last = max(0, day - chance.choice((0, 0, 0, 1, 29, 30, 31)))
    count = chance.choice((1, 1, 3))
    return Seen(link.a, link.b, count, min(count, chance.choice((0, 0, 1))), max(0, last - chance.choice((0, 1))), last)


def _records(chance: Random, records: Sequence[Recorded], said: Sequence[Any], day: int) -> list[Recorded]:
    """No decision, a new one, or the undoing of one that stands."""
    number, moment = len(records) + 1, EPOCH + timedelta(days=day)
    undone = {one.undoes for one in records}
    standing = [one.number for one in records if one.kind != UNDO and one.number not in undone]
    roll = chance.random()
    if roll < 0.3 and said:
        one = chance.choice(said)
        return [Recorded(number, one.kind.value, one.a, one.b or "", "mai", moment)]
    if roll < 0.5 and standing:
        return [Recorded(number, UNDO, "", "", "mai", moment, undoes=chance.choice(standing))]
    return []


def spread(chance: Random, steps: int) -> list[int]:
    """Days of runs, ascending, often just at the end of a ttl of 30 days."""
    return np.cumsum([chance.choice((0, 1, 1, 29, 30, 31)) for _ in range(steps)]).tolist()
