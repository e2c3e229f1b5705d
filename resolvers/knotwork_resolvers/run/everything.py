"""A full run: the whole graph is resolved, and a generation of its own is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice

from knotwork_graph.generations import SINCE
from knotwork_graph.model import Identifier, Run, RunState
from knotwork_graph.ports import StagedRun
from knotwork_graph.since import Follows, SinceFile
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import Circumstances, resolve
from knotwork_resolvers.projection import observe
from knotwork_resolvers.run.before import open_rows, previous_of
from knotwork_resolvers.run.causes import causes_of, touched_by
from knotwork_resolvers.run.generation import Told, events_until, owned_counts, owners, write_generation
from knotwork_resolvers.run.guessed import COUNT, adopted_in, matches_in
from knotwork_resolvers.run.moment import graph_at
from knotwork_resolvers.run.naming import fingerprint
from knotwork_resolvers.run.rows import Rows, rows_of
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.staging import staged_run
from knotwork_resolvers.run.steps import Steps

KEPT_GENERATIONS = 3


def resolve_everything(home: Home, at: Situation, steps: Steps) -> Outcome:
    """The customers of the whole graph."""
    with steps.step("read the graph"):
        home.whole.begin()
        graph = home.store.graph()
        traits = home.store.trait_counts(graph.identifiers.ids)
        if at.until is not None:
            graph, traits = graph_at(graph, observe(at.segments, at.policy, until=at.until, scratch=home.scratch))
        memberships = home.store.memberships()
        previous = previous_of(memberships, at.state, graph.identifiers.ids)
    with steps.step("resolve"):
        now = Circumstances(at.at, at.decisions, traits, matches_in(home))
        found = resolve(graph, at.policy, now, previous)
    return Outcome(graph, found, previous, memberships)


@contextmanager
def reading_ahead(home: Home, at: Situation) -> Iterator[Callable[[], Rows]]:
    """What gives the events that a run looks at, read meanwhile: resolving leaves a part of the machine idle."""
    with ThreadPoolExecutor(1) as other:
        yield other.submit(rows_of, at.segments, home.scratch).result


def keep_everything(
    home: Home, at: Situation, outcome: Outcome, counts: dict[str, int], steps: Steps, rows: Callable[[], Rows]
) -> Run:
    """Write all that a full run found where no reader sees it yet, and publish it; the run as it is kept.

    ``rows`` gives the events that it looked at.
    """
    number = at.state.last_run + 1
    with steps.step("say whose each event is"):
        told = owners_of(home, at, outcome)
    run = full_run(number, at, counts, told)
    # neither is seen before the run is published, and each keeps another part of the machine busy
    with ThreadPoolExecutor(1) as other, steps.step("write the generation, keep the run"):
        written = other.submit(write_events, home, at, told, number, rows)
        home.store.stage(staging_of(at, outcome, run))
        written.result()
    with steps.step("publish"):
        home.store.publish(number)
        tidy(home, number, erased=at.erased)
    pass_on(home, at, outcome)
    return run


def pass_on(home: Home, at: Situation, outcome: Outcome) -> None:
    """Keep the graph that a run has read for the review, which looks at all of it next; not where it is another now."""
    if at.until is None and not at.erased:
        home.whole.keep(outcome.graph)


def full_run(number: int, at: Situation, counts: dict[str, int], told: Told) -> Run:
    """The run as it is to be kept, begun now."""
    extra = owned_counts(told.owned, _events(at)) | {"decisions": len(at.records), COUNT: at.matched}
    if at.until is not None:
        extra["until_moment"] = 1
    return Run(number, RunState.STAGED, at.moment, datetime.now(UTC), None, counts | extra, "full", number)


def tidy(home: Home, current: int, *, erased: bool = False) -> None:
    """Keep the generations of the newest full runs; after something was ``erased``, the current one alone."""
    if erased:
        home.generations.keep(frozenset([current]))
        forget_erased(home)
        return
    full = (run.number for run in home.store.runs() if run.how == "full" and run.state is not RunState.HELD)
    home.generations.keep(frozenset([current, *islice(full, KEPT_GENERATIONS)]))


def forget_erased(home: Home) -> None:
    """What no event bears any more leaves graph, journal and book of matches; then every erasure is finished.

    Interrupted, it is taken again by the next run.
    """
    home.store.forget_unseen()
    if home.journal is not None:
        home.journal.rewrite(home.store.decisions())
    if home.matches is not None:
        named = home.matches.named()
        known = home.store.ids_of([Identifier.parse(key) for key in sorted(named)])
        home.matches.forget(named - known.keys())
    home.facts.finish_erasures()


def _events(at: Situation) -> int:
    """How many events the run looks at."""
    if at.until is not None:
        return len(events_until(at.segments, at.until))
    return sum(segment.events for segment in at.segments)


def owners_of(home: Home, at: Situation, outcome: Outcome) -> Told:
    """Whose each event is that the run looks at."""
    adopted = adopted_in(home, at.segments, at.decisions)
    return owners(at.segments, home.sightings, outcome.graph, outcome.found, at.policy, until=at.until, adopted=adopted)


def write_events(home: Home, at: Situation, told: Told, number: int, rows: Callable[[], Rows]) -> None:
    """Write the generation of a run, whose events ``rows`` gives; no reader sees it before the run is published."""
    with home.generations.writing(number) as folder:
        write_generation(folder, rows(), told, until=at.until)
        since = SinceFile(folder / SINCE)
        since.begin(Follows(number, max((one.last_event for one in at.segments), default=0)))
        since.close()


def staging_of(at: Situation, outcome: Outcome, run: Run) -> StagedRun:
    """All that a store keeps of a full run."""
    policy = fingerprint(at.policy)
    new_policy = bool(at.state.policy) and at.state.policy != policy
    touched = touched_by(at, outcome)
    causes = causes_of(outcome.graph, outcome.found, outcome.previous, touched, new_policy=new_policy, erased=at.erased)
    held = open_rows(outcome.memberships, outcome.graph.identifiers.ids)
    return staged_run(run, outcome, held, policy=policy, causes=causes)
