"""``simulate``: the same data under another policy, nothing written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.counted import counted
from knotwork_graph.errors import KnotworkError
from knotwork_graph.facts import Segment
from knotwork_graph.model import in_force, to_micros
from knotwork_graph.policy import Policy
from knotwork_graph.ports import StoreState
from knotwork_resolvers.explain.comparing import compare
from knotwork_resolvers.explain.effects import World, largest_effects
from knotwork_resolvers.explain.readings import Pairing, Reading, carried, paired, paired_by_value, read_by
from knotwork_resolvers.explain.simulation import Simulation
from knotwork_resolvers.identity import NOBODY, Circumstances, Previous, Resolution, resolve
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.projection import reading_of
from knotwork_resolvers.run.before import previous_of
from knotwork_resolvers.run.figures import figures, warnings_of
from knotwork_resolvers.run.guessed import matches_in
from knotwork_resolvers.run.steps import Steps

if TYPE_CHECKING:
    from knotwork_resolvers.run import Home


def simulate(
    home: Home,
    present: Policy,
    other: Policy,
    *,
    moment: datetime | None = None,
    tell: Callable[[str], None] | None = None,
) -> Simulation:
    """What ``other`` would make of the data in the graph, beside what ``present`` makes of it at the same moment (now).

    So the effects are the policy's alone, not those of newer events or of time. Near-linear in edges; where the other
    policy reads identifiers differently (normalisers, blocked values, types limited to one), the facts are observed
    anew in memory, which takes about two seconds more for a million events. Raises ``KnotworkError`` without data.
    """
    steps, at = Steps(tell), moment or datetime.now(UTC)
    every, known = home.facts.segments(), home.store.projected().segments
    segments = [one for one in every if one.number in known]
    if not segments:
        raise KnotworkError("nothing is resolved yet, so there is nothing to compare. Run `knotwork resolve`.")
    with steps.step("read the graph"):
        first, previous = _present(home, present, segments)
    with steps.step("read the facts by the other policy"):
        second = _other(first, other, home, segments)
        pairing = paired(first, second, segments)
    with steps.step("resolve by both"):
        now = Circumstances(to_micros(at), in_force(home.store.decisions()), {}, matches_in(home))
        before = _resolved(first, previous, now)
        after = _resolved(second, _after(before, previous, first, second), now)
    with steps.step("compare"):
        found = compared(Case(first, second, pairing, before, after), at)
    left = sum(one.events for one in every) - sum(one.events for one in segments)
    return replace(
        found,
        reread=second.graph is not first.graph,
        notes=_notes(left, home.store.state()),
        warnings=warnings_of(second.graph, after, other),
        steps=steps.seconds,
    )


@dataclass(frozen=True, slots=True)
class Case:
    """Two readings of the same facts, and the customers of each."""

    first: Reading
    second: Reading
    pairing: Pairing
    before: Resolution
    after: Resolution


def compared(case: Case, at: datetime) -> Simulation:
    """The figures and the largest effects of a case; pure."""
    before = _world(case.first, case.pairing.first, case.before)
    after = _world(case.second, case.pairing.second, case.after)
    found = compare(before.customer, after.customer)
    held, holds = before.customer != NOBODY, after.customer != NOBODY
    lost = np.setdiff1d(found.before, found.after, assume_unique=True)
    fresh = np.setdiff1d(found.after, found.before, assume_unique=True)
    return Simulation(
        moment=at,
        before=figures(case.first.graph, case.before),
        after=figures(case.second.graph, case.after),
        unchanged=found.fate["unchanged"],
        merged=found.fate["merged"],
        split=found.fate["split"],
        both=found.fate["both"],
        adjusted=found.fate["adjusted"],
        dissolved=found.fate["dissolved"],
        appeared=found.fate["appeared"],
        moved=int(np.count_nonzero(held & holds & (before.customer != after.customer))),
        released=int(np.count_nonzero(held & ~holds)),
        taken=int(np.count_nonzero(~held & holds)),
        ids_retired=len(lost),
        ids_new=len(fresh),
        churn=round(len(lost) / max(1, len(found.before)), 6),
        effects=largest_effects(found, before, after),
        all_effects=int(np.count_nonzero(found.changed)),
    )


def _world(reading: Reading, rows: Ints, found: Resolution) -> World:
    return World(reading.graph, reading.policy, rows, found.customer[rows])


def _present(home: Home, policy: Policy, segments: Sequence[Segment]) -> tuple[Reading, Previous]:
    """The data as the present policy reads it, and the customers that readers see."""
    store = home.store
    reading = read_by(policy, home, segments)
    stored = reading.graph if reading.stored else store.graph()
    previous = previous_of(store.memberships(), store.state(), stored.identifiers.ids)
    if reading.stored:
        return reading, previous
    pairing = paired_by_value(stored.identifiers, reading.graph.identifiers)
    return reading, carried(previous, pairing, len(reading.graph.identifiers))


def _other(first: Reading, policy: Policy, home: Home, segments: Sequence[Segment]) -> Reading:
    """The data as the other policy reads it; the same graph where both read alike."""
    if reading_of(first.policy) == reading_of(policy):
        return replace(first, policy=policy)
    return read_by(policy, home, segments)


def _resolved(reading: Reading, previous: Previous, now: Circumstances) -> Resolution:
    return resolve(reading.graph, reading.policy, replace(now, traits=reading.traits), previous)


def _after(found: Resolution, previous: Previous, first: Reading, second: Reading) -> Previous:
    """The customers of ``found`` as those that a run under the second reading begins with.

    A run knows an identifier by its type and value: one that the second reading writes in another way is new to it.
    """
    kept = found.customer == previous.customer
    since = np.where(kept, previous.since, previous.since.max(initial=0) + 1)
    after = replace(previous, customer=found.customer, since=since, next_number=found.next_number)
    if second.graph is first.graph:
        return after
    pairing = paired_by_value(first.graph.identifiers, second.graph.identifiers)
    return carried(after, pairing, len(second.graph.identifiers))


def _notes(left: int, state: StoreState) -> tuple[str, ...]:
    found = []
    if left:
        events = counted(left, "event is", "events are")
        found.append(f"{events} not resolved yet and left out; `knotwork resolve` takes them in")
    if not state.current:
        found.append("nothing is published yet: the ids are those that a run would give")
    return tuple(found)
