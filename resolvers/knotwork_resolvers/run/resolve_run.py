"""One run from facts to published customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from knotwork_graph.model import to_micros
from knotwork_graph.policy import Policy
from knotwork_resolvers.generation.follow import follow
from knotwork_resolvers.home import Home
from knotwork_resolvers.run.catch_up import catch_up, much_lacks
from knotwork_resolvers.run.choosing import must_be_everything, run_counts, why_everything
from knotwork_resolvers.run.everything import keep_everything, reading_ahead, resolve_everything
from knotwork_resolvers.run.figures import figures, figures_after
from knotwork_resolvers.run.guessed import change_in, ids_of, keys_since
from knotwork_resolvers.run.report import ResolveReport, report_of, unchanged
from knotwork_resolvers.run.situation import Situation
from knotwork_resolvers.run.steps import Steps
from knotwork_resolvers.run.touched import touched_since, unseen
from knotwork_resolvers.run.touched_only import keep_touched, resolve_touched

FULL_INBOX = 2_000
"""An inbox with so many events is packed into a segment: packing takes a moment, and looking through it grows."""

MOST_UNTOLD = 500
"""Of so many single events the owners may wait to be told until somebody reads: that is sooner done of many at once."""

MOST_WAITING = 200
"""So many identifiers that were only seen again may wait: forgetting them costs a write."""


def resolve_run(
    home: Home,
    policy: Policy,
    *,
    as_of: datetime | None = None,
    dry_run: bool = False,
    everything: bool = False,
    tell: Callable[[str], None] | None = None,
) -> ResolveReport:
    """Resolve and publish, or with ``dry_run`` only tell what would come of it.

    Looks at what events, expiry and decisions have touched since the last run, or at everything: where it must, where
    that is the shorter way, or where ``everything`` asks for it. Both find the same customers. Without ``as_of`` the
    moment is now and every event counts; with it, events after that moment do not. Where there is nothing new, no run
    is made.
    """
    steps = Steps(tell)
    at = look(home, policy, as_of, steps)
    because = "it was asked for" if everything or as_of is not None else why_everything(home, at)
    if because:
        return _everything(home, at, because, steps, dry_run=dry_run)
    report = _touched_only(home, at, steps, dry_run=dry_run)
    if not report.dry_run:
        _follow(home, at, report, steps)
    return report


def resolve_collected(home: Home, policy: Policy) -> ResolveReport:
    """Resolve and publish what single events have touched; a run over everything is never made here.

    Where one is needed first, the events wait for it, and the report's ``because`` says why.
    """
    steps = Steps()
    with home.store.at_once():  # what was seen is in the graph and with its customers, or neither
        found = None if much_lacks(home, policy) else _collected(home, policy, steps)
    if found is None:
        catch_up(home, policy)
        with home.store.at_once():
            found = _collected(home, policy, steps)
    at, report = found
    if report.how == "waiting":
        return report
    full = home.facts.unpacked() >= FULL_INBOX
    _follow(home, at, report, steps, most=0 if full else MOST_UNTOLD)
    if full:
        _pack(home, at.fresh.upto)
    return report


def _collected(home: Home, policy: Policy, steps: Steps) -> tuple[Situation, ResolveReport]:
    at = look(home, policy, None, steps)
    because = must_be_everything(home, at)
    if because:
        return at, replace(unchanged(at, at.counts, steps), how="waiting", because=because)
    return at, _touched_only(home, at, steps, dry_run=False)


def _pack(home: Home, upto: int) -> None:
    """Make a segment of the single events up to ``upto``, and of what they bore."""
    home.facts.pack(upto)
    home.sightings.pack(home.facts.segments())


def look(home: Home, policy: Policy, as_of: datetime | None, steps: Steps) -> Situation:
    """Bring the graph up to the facts; what a run starts from then."""
    moment = as_of or datetime.now(UTC)
    with steps.step("bring the graph up to the facts"):
        fresh = catch_up(home, policy)
    segments = home.facts.segments()
    past = as_of is not None and (newest := home.facts.newest_timestamp()) is not None and newest > as_of
    state, records = home.store.state(), home.store.decisions()
    counts = run_counts(home, state.current)
    touched = touched_since(home.store, state, policy, to_micros(moment), unseen(records, counts.get("decisions", 0)))
    if touched is not None:
        touched = replace(touched, matching=ids_of(home.store, keys_since(home, counts)))
    until = to_micros(moment) if past else None
    erased = any(not one.finished for one in home.facts.erasures())
    return Situation(
        policy, moment, until, segments, state, records, touched, fresh, counts, erased, matched=change_in(home)
    )


def _everything(home: Home, at: Situation, because: str, steps: Steps, *, dry_run: bool) -> ResolveReport:
    _pack(home, at.fresh.upto)
    at = replace(at, segments=home.facts.segments())
    if dry_run:
        outcome = resolve_everything(home, at, steps)
        return report_of(0, at, outcome, figures(outcome.graph, outcome.found), steps, because=because)
    with reading_ahead(home, at) as rows:
        outcome = resolve_everything(home, at, steps)
        run = keep_everything(home, at, outcome, figures(outcome.graph, outcome.found), steps, rows)
    return report_of(run.number, at, outcome, run.counts, steps, because=because)


def _touched_only(home: Home, at: Situation, steps: Steps, *, dry_run: bool) -> ResolveReport:
    counts = at.counts
    if not at.touched:
        home.store.settle(MOST_WAITING)
        return unchanged(at, counts, steps)
    with steps.step("resolve what was touched"):
        outcome = resolve_touched(home, at)
        counts = figures_after(at, home, outcome)
    if dry_run:
        return report_of(0, at, outcome, counts, steps)
    with steps.step("keep and publish"):
        run = keep_touched(home, at, outcome, counts)
    if run is None:
        return unchanged(at, counts, steps)
    return report_of(run.number, at, outcome, run.counts, steps)


def _follow(home: Home, at: Situation, report: ResolveReport, steps: Steps, *, most: int = 0) -> None:
    """Tell whose the events are that came since the last full run, as the run says that readers see now.

    Of ``most`` single events this may wait for whoever reads.
    """
    with steps.step("say whose each event is"):
        follow(home, at.policy, at.fresh.later, replace(at.state, current=report.run), most=most)
