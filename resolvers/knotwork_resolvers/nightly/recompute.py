"""One recomputation: everything is resolved from the facts beside what readers see, judged, and published or held."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from knotwork_graph.errors import StoreError, UsageError
from knotwork_graph.model import Run, RunState, figures_in
from knotwork_graph.policy import GateSettings, Policy, suggestion
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.nightly.drift import drift_of
from knotwork_resolvers.nightly.gates import GATES, Evidence, verdicts
from knotwork_resolvers.nightly.ledger import Ledger, Stored, ledger_of, stored_in
from knotwork_resolvers.nightly.measured import Measured
from knotwork_resolvers.nightly.report import Report, told
from knotwork_resolvers.nightly.shelf import Shelf
from knotwork_resolvers.nightly.stitched import stitching_counts
from knotwork_resolvers.nightly.turnover import turnover
from knotwork_resolvers.nightly.verdict import Verdict
from knotwork_resolvers.run.choosing import must_be_everything
from knotwork_resolvers.run.counting import Counted, count_edges
from knotwork_resolvers.run.everything import (
    full_run,
    owners_of,
    pass_on,
    resolve_everything,
    staging_of,
    tidy,
    write_events,
)
from knotwork_resolvers.run.figures import figures, unnamed_types
from knotwork_resolvers.run.generation import Told
from knotwork_resolvers.run.naming import fingerprint
from knotwork_resolvers.run.report import crowd_of
from knotwork_resolvers.run.resolve_run import look
from knotwork_resolvers.run.rows import rows_of
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.verify import compared

TOLD_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a recomputation: its gates, those of them that are overruled by name, and for whom to tell.

    ``remakes`` is the held run that is to be made anew, 0 for none; ``notes`` go into the report.
    """

    gates: GateSettings
    overruled: frozenset[str] = frozenset()
    remakes: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in sorted(self.overruled - GATES.keys()):
            raise UsageError(f"there is no gate {name}; {suggestion(name, tuple(GATES))}.")


@dataclass(frozen=True, slots=True)
class Found:
    """All that a recomputation has found before anybody decides on it; ``waits`` as in the report."""

    at: Situation
    outcome: Outcome
    told: Told
    run: Run
    evidence: Evidence
    waits: str


def recompute(
    home: Home,
    policy: Policy,
    wanted: Wanted,
    shelf: Shelf,
    *,
    still: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] | None = None,
) -> Report:
    """Resolve everything, ask the gates, then publish or hold; the report, which lies on the shelf too.

    Nothing that readers see changes before all gates have spoken, and then in one step. Killed anywhere, nothing has
    happened, or all of it has; run it again. ``still`` raises where this job may not go on. O(events). Raises
    ``StoreError`` where files of the log are missing, and what ``still`` raises.
    """
    steps, started = Measured(tell), datetime.now(UTC)
    shelf.settle(home.store)
    found = _find(home, policy, wanted, steps)
    found = replace(found, run=replace(found.run, started=started))
    with steps.step("ask the gates"):
        said = verdicts(found.evidence, wanted.gates, wanted.overruled)
    still()
    if any(one.holds for one in said):
        report = _hold(home, found, said, wanted, shelf, steps)
    else:
        report = _publish(home, found, said, wanted, shelf, steps)
    shelf.settle(home.store)
    return report


def _find(home: Home, policy: Policy, wanted: Wanted, steps: Measured) -> Found:
    at = look(home, policy, None, steps)
    home.facts.pack(at.fresh.upto)  # what has come since is no part of this run
    at = replace(at, segments=home.facts.segments())
    _all_there(at)
    # what is counted hangs on the facts alone, so one part of the machine counts while the other resolves
    with ThreadPoolExecutor(2) as other:
        anew = other.submit(_count_anew, at, wanted.gates)
        outcome = resolve_everything(home, at, steps)
        with steps.step("say whose each event is"):
            owned = owners_of(home, at, outcome)
            counts = figures(outcome.graph, outcome.found) | stitching_counts(outcome, owned)
        run = full_run(at.state.last_run + 1, at, counts, owned)
        with steps.step("write the generation, count everything anew"):
            written = other.submit(
                write_events, home, at, owned, run.number, lambda: rows_of(at.segments, home.scratch)
            )
            evidence = _evidence(home, at, outcome, wanted.gates, anew.result())
            written.result()
            evidence = replace(evidence, ledger=_ledger(home, at, anew.result(), run.number))
    return Found(at, outcome, owned, run, evidence, must_be_everything(home, at))


def _all_there(at: Situation) -> None:
    lost = [one.path.name for one in at.segments if not one.path.exists()]
    if lost:
        raise StoreError(
            f"files of the event log are missing: {', '.join(lost[:5])}. Restore the facts folder from a backup; "
            "readers go on seeing what they saw."
        )


@dataclass(frozen=True, slots=True)
class Anew:
    """What the facts alone say, counted for the gates: the edges, and the stored events; None where a gate is off."""

    edges: tuple[Counted, ...] | None
    events: Stored | None


def _count_anew(at: Situation, rules: GateSettings) -> Anew:
    edges = count_edges([one.path for one in at.segments], at.policy) if rules.graph else None
    return Anew(edges, stored_in(at.segments) if rules.ledger else None)


def _evidence(home: Home, at: Situation, outcome: Outcome, rules: GateSettings, anew: Anew) -> Evidence:
    """What the gates look at, but for the ledger, which the generation belongs to."""
    upto = max(at.state.next_number, outcome.found.next_number)
    over = turnover(outcome.previous.customer, outcome.found.customer, upto)
    wrong = None if anew.edges is None else compared(outcome.graph, anew.edges)
    drifted = drift_of(home, at, outcome) if rules.drift != "off" else None
    return Evidence(at, outcome, over, None, wrong, drifted)


def _ledger(home: Home, at: Situation, anew: Anew, number: int) -> Ledger | None:
    if anew.events is None:
        return None
    return ledger_of(home, at.segments, anew.events, home.generations.served(number))


def _publish(
    home: Home, found: Found, said: tuple[Verdict, ...], wanted: Wanted, shelf: Shelf, steps: Measured
) -> Report:
    shelf.prepare(_report(found, said, wanted, steps, held=False))  # lest a job that is killed now leaves none
    with steps.step("publish"):
        home.store.stage_and_publish(staging_of(found.at, found.outcome, found.run))
        tidy(home, found.run.number, erased=found.at.erased)
    pass_on(home, found.at, found.outcome)
    report = _report(found, said, wanted, steps, held=False)
    shelf.prepare(report)
    return report


def _hold(home: Home, found: Found, said: tuple[Verdict, ...], wanted: Wanted, shelf: Shelf, steps: Measured) -> Report:
    report = _report(found, said, wanted, steps, held=True)
    owned = np.flatnonzero(found.outcome.found.customer != NOBODY)
    shelf.prepare(report, (found.outcome.graph.identifiers.ids[owned], found.outcome.found.customer[owned]))
    held = replace(found.run, state=RunState.HELD, finished=report.finished)
    home.store.hold(held, fingerprint(found.at.policy))
    home.generations.drop(held.number)
    return report


def _report(found: Found, said: tuple[Verdict, ...], wanted: Wanted, steps: Measured, *, held: bool) -> Report:
    at, over, run = found.at, found.evidence.turnover, found.run
    return told(
        Report(
            run=run.number,
            state="held" if held else "published",
            served=at.state.current,
            started=run.started,
            finished=datetime.now(UTC),
            moment=at.moment,
            fresh=at.fresh.events,
            waits=found.waits,
            counts=run.figures,
            counts_before=figures_in(at.counts),
            movements=over.movements(),
            largest_changes=over.largest_changes(TOLD_CHANGES),
            gates=said,
            steps=steps.taken(),
            warnings=(*unnamed_types(found.outcome.graph, at.policy), *crowd_of(at)),
            notes=wanted.notes,
            remakes=wanted.remakes,
        )
    )
