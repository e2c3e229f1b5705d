"""Runs: making one that its gates judge, looking at them, and sending readers from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork.service.decisions import somebody
from knotwork_graph.counted import counted
from knotwork_graph.errors import UnknownRunError, UsageError
from knotwork_graph.model import Run, RunState
from knotwork_graph.policy import Settings

if TYPE_CHECKING:
    from knotwork.service.audit import AuditService
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.nightly import Difference, Report, Shelf
    from knotwork_resolvers.nightly.metrics import Metric

Tell = Callable[[str], None]
Writing = Callable[[str], AbstractContextManager[None]]
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """One run, or several incremental ones of one state in a row: ``first`` to ``run.number``, the newest of them.

    ``served``: readers see it. ``held_by``: the gates that held it.
    """

    run: Run
    first: int
    runs: int
    served: bool
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One run, whether readers see it, and its report where it has one."""

    run: Run
    served: bool
    report: Report | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Where readers are sent: from the run ``before`` to the run ``now``, and what comes next, in ``words``.

    ``report`` is set where a run was made for it.
    """

    before: int
    now: int
    words: tuple[str, ...]
    report: Report | None = None


class RunService:
    """The runs of one workspace. ``writing`` is the lock that whoever changes anything holds, by what it does.

    Whoever sends readers to a run, or overrules a gate, stands in the ``audit`` chain: ``by``, else who runs this.
    """

    def __init__(
        self, home: Home, settings: Settings, reports: Path, writing: Writing, audit: Callable[[], AuditService]
    ) -> None:
        self._home = home
        self._audit = audit
        self._settings = settings
        self._folder = reports
        self._writing = writing

    @cached_property
    def _shelf(self) -> Shelf:
        from knotwork_resolvers.nightly import Shelf

        return Shelf(self._folder)

    def recompute(self, publish_anyway: Iterable[str] = (), tell: Tell | None = None, *, by: str = "") -> Report:
        """Resolve everything beside what readers see, ask the gates, and publish or hold; the report says which.

        ``publish_anyway`` names gates that may say no. Raises ``UsageError`` for one there is none of,
        ``WorkspaceBusyError`` where another writes, ``StoreError``.
        """
        overruled = frozenset(publish_anyway)
        with self._writing("recompute"):
            report = self._made(overruled, tell)
            if overruled and report.state == "published":
                self._keep(by, report.run, f"anyway, whatever {', '.join(sorted(overruled))} said")
            return report

    def _made(
        self, overruled: frozenset[str], tell: Tell | None, *, remakes: int = 0, notes: tuple[str, ...] = ()
    ) -> Report:
        from knotwork_resolvers.nightly import Wanted, alone, recompute

        wanted = Wanted(self._settings.gates, overruled, remakes, notes)
        with alone(self._home.store) as still:
            return recompute(self._home, self._settings.policy, wanted, self._shelf, still=still, tell=tell)

    def list(self, *, every: bool = False) -> tuple[Listed, ...]:
        """The runs, newest first; incremental ones of one state in a row are told as one, unless ``every``."""
        current = self._home.store.state().current
        runs = self._home.store.runs()
        if every:
            return tuple(self._listed([run], current) for run in runs)
        groups = groupby(runs, lambda run: _alike(run, current))
        return tuple(self._listed(list(group), current) for _, group in groups)

    def _listed(self, group: Sequence[Run], current: int) -> Listed:
        newest = group[0]
        report = self._shelf.report(newest.number) if newest.state is RunState.HELD else None
        gates = () if report is None else tuple(one.gate for one in report.held_by)
        return Listed(newest, group[-1].number, len(group), newest.number == current, gates)

    def show(self, number: int) -> Shown:
        """One run. Raises ``UnknownRunError``."""
        run = self._run(number)
        report = self._shelf.report(number) if run.how == "full" else None
        return Shown(run, number == self._home.store.state().current, report)

    def report(self, number: int, form: str) -> str:
        """The report of one run as ``md``, ``html`` or ``json``. Raises ``UnknownRunError`` where there is none."""
        self._run(number)
        return self._shelf.text(number, form)

    def metrics(self) -> tuple[Metric, ...]:
        """The numbers of the newest nightly job: ``name``, ``help``, ``value``, ``labels``; none before the first."""
        return self._shelf.metrics()

    def last_job(self) -> datetime | None:
        """When the newest nightly job began, held or published; None where there was none."""
        newest, _ = self._shelf.newest()
        return None if newest is None else newest.started

    def place(self, number: int) -> Path:
        """The folder that holds the report of a run."""
        return self._shelf.place(number)

    def diff(self, a: int, b: int, most: int = EXAMPLES) -> Difference:
        """What lies between two runs, readers may have seen them or not. Raises ``UnknownRunError``."""
        from knotwork_resolvers.nightly import between_runs

        return between_runs(self._home.store, self._shelf, a, b, most)

    def publish(self, number: int, tell: Tell | None = None, *, by: str = "") -> Sent:
        """Let readers see a run, older or newer; one that was held is made anew from all there is now.

        Raises ``UnknownRunError``, ``WorkspaceBusyError``.
        """
        with self._writing("runs publish"):
            run = self._run(number)
            if run.state is not RunState.HELD:
                return self._send(run, by)
            sent = self._made_anew(run, tell)
            if sent.now != sent.before:
                self._keep(by, sent.now, f"run {number}, which was held, made anew")
            return sent

    def rollback(self, number: int | None = None, *, by: str = "") -> Sent:
        """Send readers back to a run, or to the one they saw before: a move of the pointer, within a second.

        Raises ``UnknownRunError``, ``UsageError`` for a later run, ``WorkspaceBusyError``.
        """
        with self._writing("runs rollback"):
            current = self._home.store.state().current
            if number is not None and self._run(number).number > current:
                raise UsageError(f"run {number} is later than run {current}: use `knotwork runs publish {number}`.")
            return self._send(self._run(self._before(current) if number is None else number), by)

    def _before(self, current: int) -> int:
        """The run that readers saw before ``current``, runs that were taken back themselves left out."""
        runs = self._home.store.runs()
        for run in runs:
            if run.number < current and run.state is RunState.PUBLISHED:
                return run.number
        raise UnknownRunError("readers can be sent back to no earlier run: none was published before.")

    def _send(self, run: Run, by: str) -> Sent:
        home, before = self._home, self._home.store.state().current
        if run.number == before:
            return Sent(before, before, (f"Readers see run {before} already.",))
        if run.state not in {RunState.PUBLISHED, RunState.ROLLED_BACK}:
            raise UnknownRunError(f"run {run.number} was never finished. Make one with `knotwork recompute`.")
        if home.generations.events(run.base) is None:
            raise UnknownRunError(
                f"run {run.number} is too old to be shown: its events lie in no file any more. "
                "`knotwork runs list` shows newer ones."
            )
        home.store.publish(run.number)
        self._keep(by, run.number, f"after run {before}")
        return Sent(before, run.number, self._next(before, run.number))

    def _keep(self, by: str, number: int, detail: str) -> None:
        """Keep in the audit chain who sent readers to a run."""
        self._audit().audit("publication", by or somebody(), f"run {number}", detail)

    def _next(self, before: int, number: int) -> tuple[str, ...]:
        """What happens next, once readers see run ``number`` and no more the one ``before``."""
        undo = f"`knotwork runs {'publish' if before > number else 'rollback'} {before}` undoes this."
        later = (one for one in self._home.store.runs() if one.number > number)
        if all(one.state is RunState.HELD for one in later):
            return undo, "Single events go on being resolved on it."
        return (
            undo,
            "The next `knotwork resolve` or `knotwork recompute` looks at everything, starting from this run.",
            "Until then single events are kept, and wait.",
            "Mend first what was wrong (the policy, decisions): the same facts under the same policy give the same.",
        )

    def _made_anew(self, run: Run, tell: Tell | None) -> Sent:
        before, held = self._home.store.state().current, self._shelf.report(run.number)
        overruled = frozenset(one.gate for one in held.held_by) if held is not None else frozenset()
        report = self._made(overruled, tell, remakes=run.number, notes=(self._since(run),))
        return Sent(before, self._home.store.state().current, report.notes, report)

    def _since(self, run: Run) -> str:
        """What has come since a run was held, in words."""
        events = self._home.facts.event_count() - run.counts.get("events", 0)
        records = len(self._home.store.decisions()) - run.counts.get("decisions", 0)
        if not events and not records:
            return f"Nothing has come since run {run.number} was held; it was made anew all the same."
        come = f"{counted(events, 'event')} and {counted(records, 'decision')}"
        return f"Since run {run.number} was held, {come} have come: all are in it."

    def _run(self, number: int) -> Run:
        found = self._home.store.run(number)
        if found is None:
            raise UnknownRunError(f"there is no run {number}. `knotwork runs list` shows those there are.")
        return found


def _alike(run: Run, current: int) -> tuple[object, ...]:
    """What runs that are told as one have in common; full runs and the current one stand alone."""
    alone = run.how == "full" or run.number == current
    return (run.number,) if alone else (run.how, run.state)
