"""One run from facts to published customers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from knotwork_graph.facts import FactLog, Segment
from knotwork_graph.generations import Generations
from knotwork_graph.model import GraphArrays, Run, RunState, to_micros
from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphStore, Memberships, StoreState
from knotwork_graph.sightings import SightingFiles
from knotwork_resolvers.identity import ChangeCode, Circumstances, Previous, Resolution, resolve
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.ownership import Owned
from knotwork_resolvers.projection import observe
from knotwork_resolvers.run.before import open_rows, previous_of
from knotwork_resolvers.run.catch_up import catch_up
from knotwork_resolvers.run.figures import figures, warnings_of
from knotwork_resolvers.run.generation import events_until, owned_counts, owners, write_generation
from knotwork_resolvers.run.moment import graph_at
from knotwork_resolvers.run.report import ResolveReport
from knotwork_resolvers.run.staging import staged_run
from knotwork_resolvers.run.steps import Steps

KEPT_GENERATIONS = 3


@dataclass(frozen=True, slots=True)
class Home:
    """Where a run reads and writes: facts, graph, sightings, generations, and room for scratch files."""

    facts: FactLog
    store: GraphStore
    sightings: SightingFiles
    generations: Generations
    scratch: Path


@dataclass(frozen=True, slots=True)
class Situation:
    """All that one run looks at. ``until`` is set where events after the asked moment must not count."""

    policy: Policy
    moment: datetime
    until: int | None
    fresh: int
    segments: tuple[Segment, ...]
    state: StoreState
    graph: GraphArrays
    traits: dict[str, Ints]
    memberships: Memberships
    previous: Previous


def resolve_run(
    home: Home,
    policy: Policy,
    *,
    as_of: datetime | None = None,
    dry_run: bool = False,
    tell: Callable[[str], None] | None = None,
) -> ResolveReport:
    """Resolve everything and publish it, or with ``dry_run`` only tell what would come of it.

    Without ``as_of`` the moment is now and every event counts; with it, events after that moment do not. Where there
    is nothing new since the last run (facts, policy, nothing that can expire), no run is made.
    """
    steps = Steps(tell)
    moment = as_of or datetime.now(UTC)
    segments = home.facts.segments()
    with steps.step("bring the graph up to the facts"):
        fresh = catch_up(segments, home.store, home.sightings, policy, home.scratch)
    state = home.store.state()
    if not fresh and as_of is None and not dry_run and nothing_new(home, state, policy, segments):
        return _unchanged(home, state, moment, steps)
    with steps.step("read the graph"):
        past = as_of is not None and any(segment.last_timestamp > as_of for segment in segments)
        at = _situation(home, policy, moment, to_micros(moment) if past else None, fresh, segments, state)
    with steps.step("resolve"):
        found = resolve(at.graph, policy, Circumstances(to_micros(moment), (), at.traits), at.previous)
    counts = figures(at.graph, found)
    if dry_run:
        return _report(0, at, found, counts, steps)
    run = _keep(home, at, found, counts, steps)
    with steps.step("publish"):
        home.store.publish(run.number)
        _tidy(home, run.number)
    return _report(run.number, at, found, run.counts, steps)


def fingerprint(policy: Policy) -> str:
    """A short name of everything the policy says about resolution; equal policies have equal names."""
    rules = sorted((name, repr(rule)) for name, rule in policy.identifiers.items())
    said = (policy.conflict, policy.shared_events, policy.max_cluster_size, policy.half_life, policy.default, rules)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def nothing_new(home: Home, state: StoreState, policy: Policy, segments: Sequence[Segment]) -> bool:
    """Whether a run could only repeat the current one: same events and policy, nothing ages, its generation is there.

    That the graph held all events beforehand does not say that a run has looked at them: one may have died before it.
    """
    ages = any(rule.ttl is not None for rule in (*policy.identifiers.values(), policy.default))
    counts = next((run.counts for run in home.store.runs() if run.number == state.current), {})
    whole = counts.get("events") == sum(segment.events for segment in segments) and not counts.get("until_moment")
    known = state.current == state.last_run and home.generations.events(state.current) is not None
    return known and whole and not ages and state.policy == fingerprint(policy)


def _situation(
    home: Home,
    policy: Policy,
    moment: datetime,
    until: int | None,
    fresh: int,
    segments: tuple[Segment, ...],
    state: StoreState,
) -> Situation:
    graph = home.store.graph()
    traits = home.store.trait_counts(graph.identifiers.ids)
    if until is not None:
        graph, traits = graph_at(graph, observe(segments, policy, until=until, scratch=home.scratch))
    memberships = home.store.memberships()
    previous = previous_of(memberships, state, graph.identifiers.ids)
    return Situation(policy, moment, until, fresh, segments, state, graph, traits, memberships, previous)


def _keep(home: Home, at: Situation, found: Resolution, counts: dict[str, int], steps: Steps) -> Run:
    """Write all that the run found where no reader sees it yet; returns the staged run."""
    number, started = at.state.last_run + 1, datetime.now(UTC)
    with steps.step("say whose each event is"):
        owned = owners(at.segments, home.sightings, at.graph, found, at.policy, until=at.until)
        events = _events(at)
    extra = owned_counts(owned, events) | ({"until_moment": 1} if at.until is not None else {})
    run = Run(number, RunState.STAGED, at.moment, started, None, counts | extra, "full", number)
    # neither is seen before the run is published, and each keeps another part of the machine busy
    with ThreadPoolExecutor(1) as other, steps.step("write the generation, keep the run"):
        written = other.submit(_write, home, at, owned, number)
        held = open_rows(at.memberships, at.graph.identifiers.ids)
        said = fingerprint(at.policy)
        home.store.stage(staged_run(run, at.graph, found, at.previous, held, policy=said, cause=_cause(at, said)))
        written.result()
    return run


def _events(at: Situation) -> int:
    """How many events the run looks at."""
    if at.until is not None:
        return len(events_until(at.segments, at.until))
    return sum(segment.events for segment in at.segments)


def _write(home: Home, at: Situation, owned: Owned, number: int) -> None:
    with home.generations.writing(number) as folder:
        write_generation(folder, at.segments, owned, until=at.until, scratch=home.scratch)


def _cause(at: Situation, policy: str) -> str:
    if at.fresh or not at.state.last_run:
        return "event"
    return "expiry" if at.state.policy == policy else "policy change"


def _tidy(home: Home, current: int) -> None:
    """Keep the newest generations, the current one among them."""
    home.generations.keep(frozenset(range(current - KEPT_GENERATIONS + 1, current + 1)))


def _report(number: int, at: Situation, found: Resolution, counts: dict[str, int], steps: Steps) -> ResolveReport:
    return ResolveReport(
        run=number,
        moment=at.moment,
        how="full",
        dry_run=not number,
        counts=counts,
        changes={kind.name.lower(): found.changes.count(kind) for kind in ChangeCode},
        severed=len(found.partition.severed.edges),
        shared=len(found.partition.shared.identifiers),
        warnings=warnings_of(at.graph, found, at.policy),
        steps=steps.seconds,
    )


def _unchanged(home: Home, state: StoreState, moment: datetime, steps: Steps) -> ResolveReport:
    run = next(run for run in home.store.runs() if run.number == state.current)
    return ResolveReport(
        run=state.current,
        moment=moment,
        how="nothing new",
        counts=run.counts,
        changes={kind.name.lower(): 0 for kind in ChangeCode},
        severed=run.counts.get("severed", 0),
        shared=run.counts.get("shared", 0),
        steps=steps.seconds,
    )
