"""A look at everything: what is well, what is not, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from platform import python_version
from typing import TYPE_CHECKING

from knotwork.service.audit import rows_expected
from knotwork.workspace.layout import Layout
from knotwork_graph.audit import AuditTrail
from knotwork_graph.counted import counted
from knotwork_graph.errors import KnotworkError
from knotwork_graph.journal import Journal, first_difference
from knotwork_graph.policy import Policy, Settings

if TYPE_CHECKING:
    from knotwork_resolvers.run import Home

LITTLE_ROOM = 2 * 1024**3
UNREADABLE = "Mend what it names. Only where files are lost or broken, restore the data folder from a backup."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether all is well with it, what was found, and what to do."""

    ok: bool
    what: str
    remedy: str = ""


def examine(layout: Layout, settings: Settings, home: Callable[[], Home]) -> Sequence[Finding]:
    """The findings, troubles first. Reads the catalogue, the graph and every event; writes nothing."""
    found = [*_machine(layout), *_policy(settings), *_segments(layout, settings)]
    found += _webhooks(layout, settings)
    begun = False
    try:
        opened = home()
        begun = rows_expected(opened.store)
        found += [*_facts(opened), *_decisions(layout, opened), *_graph(opened, settings)]
        found += _profiles(opened, settings)
    except KnotworkError as error:
        found.append(Finding(False, f"the data cannot be read: {error}", UNREADABLE))
    found.append(_audit(layout, begun))
    return sorted(found, key=lambda one: one.ok)


def told(ok: bool, well: str, ill: str, remedy: str) -> Finding:
    """The finding with the words for how it went."""
    return Finding(True, well) if ok else Finding(False, ill, remedy)


def _machine(layout: Layout) -> Iterator[Finding]:
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pyarrow", "scipy"))
    yield Finding(True, f"Knotwork {version('knotwork')}, Python {python_version()}, SQLite {sqlite3.sqlite_version}")
    yield Finding(True, f"libraries: {versions}")
    folder, free = layout.folder, shutil.disk_usage(layout.folder).free
    writable = os.access(folder, os.W_OK)
    yield told(writable, f"{folder} can be written to", f"{folder} cannot be written to", "Check its owner and rights.")
    room = f"{free / 1024**3:,.1f} GiB of disk are free"
    yield told(free > LITTLE_ROOM, room, f"only {room}", "Free some: a run writes a generation beside the last one.")


def _policy(settings: Settings) -> Iterator[Finding]:
    if not settings.warnings:
        yield Finding(True, "the policy is read and obeyed in full")
    for warning in settings.warnings:
        yield Finding(False, warning, "Mend the setting in the policy, or take it out.")


def _segments(layout: Layout, settings: Settings) -> Iterator[Finding]:
    if not settings.segments and not layout.segments.exists():
        return
    from knotwork_resolvers.segments import read_definitions

    try:
        known = read_definitions(layout.policy, settings.segments, layout.segments).segments
    except KnotworkError as error:
        yield Finding(
            False, f"the rules of segments cannot be read: {error}", "Mend what it names; until then no run begins."
        )
    else:
        yield Finding(True, f"the rules of {counted(len(known), 'segment')} are read")


def _profiles(home: Home, settings: Settings) -> Iterator[Finding]:
    """What the policy's sections about profiles name and no event has shown."""
    from knotwork_resolvers.profiles.named import misnamed

    for words in misnamed(home, settings.policy):
        yield Finding(False, words, "Mend the name in the policy, or leave it out until there is such an event.")


def _decisions(layout: Layout, home: Home) -> Iterator[Finding]:
    journal, kept = Journal(layout.decisions), home.store.decisions()
    written, other = len(journal.read()), first_difference(journal, home.store)
    yield told(
        not other and written == len(kept),
        f"{counted(len(kept), 'record')} of decisions, the same in the journal and in the graph",
        f"decision {other} is told differently by the journal and by the graph"
        if other
        else f"the journal holds {counted(written, 'record')} of decisions, and the graph {len(kept):,}",
        "Restore the data folder from a backup." if other else "The next decision writes what is missing.",
    )


def _audit(layout: Layout, begun: bool) -> Finding:
    trail = AuditTrail(layout.audit)
    found = trail.broken(lambda: begun)
    rows = trail.count() if found is None else 0
    trail.close()
    return told(
        found is None,
        f"the audit chain is whole: {counted(rows, 'row')}, each with the hash of the one before",
        f"the audit chain breaks at row {found.number}: {found.words}" if found else "",
        "Somebody changed data/audit.db by hand, or the disk did. Keep the file, and compare it with the last backup.",
    )


def _webhooks(layout: Layout, settings: Settings) -> Iterator[Finding]:
    """Whether each webhook is sent to, and taken by its receiver."""
    from knotwork.service.webhooks.book import Told, WebhookBook

    book = WebhookBook(layout.told)
    for name in settings.webhooks:
        so_far = book.told(name) or Told(name)
        since = so_far.set_aside or so_far.failing_since
        what = "set aside" if so_far.set_aside else "failing"
        yield told(
            since is None,
            f"webhook {name} has taken {counted(so_far.delivered, 'message')}",
            f"webhook {name} is {what} since {since:%Y-%m-%d %H:%M} UTC: {so_far.said}" if since else "",
            f"Mend its receiver, then run `knotwork webhook resume {name}`.",
        )
    book.close()


def _facts(home: Home) -> Iterator[Finding]:
    segments = home.facts.segments()
    lost = [segment for segment in segments if not segment.path.exists()]
    events = home.facts.event_count()
    yield told(
        not lost,
        f"{counted(events, 'event')}, {counted(len(segments), 'segment file')}",
        f"{len(lost):,} segment files of the event log are missing",
        "Restore the facts folder from a backup.",
    )
    folder = home.facts.dead_letters
    letters = sorted(folder.glob("*.jsonl")) if folder.exists() else []
    yield told(
        not letters,
        "no dead letters wait",
        f"{counted(len(letters), 'file of dead letters waits', 'files of dead letters wait')}",
        "Mend their rows, then run `knotwork load --replay FILE`.",
    )


def _types(home: Home, policy: Policy) -> Iterator[Finding]:
    """The identifier types that the policy does not name and that would tie people together."""
    from knotwork_resolvers.advice import accountlike

    for one in accountlike(home.store.graph(), policy):
        yield Finding(
            False,
            f"identifier type {one.type} is not in the policy and {one.words}",
            f"Write [identifiers.{one.type}] with max_per_customer = 1; `knotwork policy check {one.type}` shows more.",
        )


def _graph(home: Home, settings: Settings) -> Iterator[Finding]:
    from knotwork_resolvers.home import newer_events, read_anew
    from knotwork_resolvers.run.verify import differences

    state, segments = home.store.state(), home.facts.segments()
    yield from _types(home, settings.policy)
    yield told(
        not newer_events(home) and (state.current > 0 or not home.facts.event_count()),
        "the customers are up to date with the events",
        "some events are not resolved yet",
        "Run `knotwork resolve`.",
    )
    if read_anew(home) and state.current:
        yield Finding(
            False,
            f"the graph was read anew since run {state.current}, by another policy or after an erasure: links that "
            "readers still see may not be in it",
            "Run `knotwork resolve`; or take the change of the policy back first, where it was only tried.",
        )
    if all(segment.path.exists() for segment in segments):
        wrong = differences(home, settings.policy)
        yield told(
            not wrong,
            "the graph equals the facts, every edge counted anew",
            f"the graph does not equal the facts: {'; '.join(wrong)}",
            "Restore the data folder from a backup, and tell the authors: this should never be.",
        )
    if state.current:
        yield told(
            home.generations.events(state.base) is not None,
            f"run {state.current} is published, and its events are there",
            f"the events of run {state.current} are missing",
            "Run `knotwork resolve`.",
        )
