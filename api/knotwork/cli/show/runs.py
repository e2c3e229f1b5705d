"""Runs and the reports on them, as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork.cli.moments import minute
from knotwork.cli.terminal import heading, say, table
from knotwork_graph.counted import counted, few_of

if TYPE_CHECKING:
    from knotwork.service.runs import Listed, Sent, Shown
    from knotwork_graph.model import Run
    from knotwork_resolvers.nightly import Difference, Report, Verdict

HEADERS = ("run", "state", "finished", "customers", "remark")
NUMBERS = ("run", "customers")


def show_list(found: Sequence[Listed]) -> None:
    """Print one line a run, or one for incremental runs in a row."""
    table(HEADERS, [listed(one) for one in found], numbers=NUMBERS)


def listed(one: Listed) -> tuple[object, ...]:
    """One line of the list as cells."""
    run, counts = one.run, one.run.counts
    number = f"{one.first}-{run.number}" if one.runs > 1 else str(run.number)
    customers = f"{counts['customers']:,}" if "customers" in counts else "-"
    return number, state(run), minute(run.finished), customers, noted(one)


def noted(one: Listed) -> str:
    """What is to be said of a line: that readers see it, that it is incremental, what held it."""
    if one.run.how == "incremental":
        many = f"{one.runs:,} incremental" if one.runs > 1 else "incremental"
        return f"{many}, readers see it" if one.served else many
    return "readers see it" if one.served else " ".join(one.held_by)


def state(run: Run) -> str:
    """Where a run stands, as people write it."""
    return run.state.replace("_", " ")


def show_one(shown: Shown, place: Path) -> None:
    """Print one run: its report where it has one, else its figures."""
    run = shown.run
    say(f"run {run.number}: {state(run)}, {run.how}{', readers see it' if shown.served else ''}")
    say(f"  as of {minute(run.as_of)} UTC, begun {minute(run.started)}, finished {minute(run.finished)}")
    if shown.report is not None:
        show_report(shown.report, place)
        return
    for name, count in run.figures.items():
        say(f"  {name.replace('_', ' '):<16}{count:>13,}")


def show_report(report: Report, place: Path) -> None:
    """Print what a recomputation found, and what can be done now."""
    from knotwork_resolvers.nightly.sheet import headline

    say(headline(report))
    if changed := "; ".join(f"{one.customers:,} {one.kind}" for one in report.movements if one.customers):
        say(f"  customers: {changed}")
    for verdict in report.gates:
        show_verdict(verdict)
    for warning in few_of(report.warnings):
        say(f"  note: {warning}")  # on standard error it would be a mail every night
    say(f"  report: {place / 'report.html'} (and .md, .json)")
    for note in report.notes:
        say(note)


def show_verdict(verdict: Verdict) -> None:
    """Print one gate: what it said, and where it said no also why, and the worst."""
    from knotwork_resolvers.nightly.verdict import figure

    limit = figure(verdict.limit, verdict.unit)
    measured = f"{figure(verdict.value, verdict.unit)} of at most {limit}" if verdict.judged else verdict.words
    if verdict.unit == "check" and verdict.judged:
        measured = "in order" if not verdict.value else f"{figure(verdict.value, 'count')} found"
    above = f", {verdict.excess} above" if verdict.excess else ""
    say(f"  {verdict.word:<11}{verdict.gate:<18} {measured}{above}")
    if verdict.examples or not verdict.passed:
        say(f"             {verdict.words}")
    for example in verdict.examples:
        say(f"             - {example}")


def show_difference(found: Difference) -> None:
    """Print what became of customers from one run to the other."""
    say(f"run {found.a}: {counted(found.customers_before, 'customer')}; run {found.b}: {found.customers_after:,}")
    rows = [(one.kind, f"{one.customers:,}", f"{one.identifiers:,}") for one in found.movements]
    table(("customers that were", "customers", "identifiers"), rows, numbers=("customers", "identifiers"))
    if found.largest_changes:
        heading("The largest changes")
        for one in found.largest_changes:
            say(f"  {one}")
    if found.handed:
        shown = "" if found.identifiers <= len(found.handed) else f", the first {len(found.handed)} of them"
        heading(f"Identifiers that changed hands: {found.identifiers:,}{shown}")
        table(("identifier", "from", "to"), [(one.key, one.before, one.after) for one in found.handed])


def show_sent(sent: Sent, place: Path | None) -> None:
    """Print where readers are now, and what comes next."""
    if sent.report is not None and place is not None:
        show_report(sent.report, place)
        return
    if sent.now != sent.before:
        say(f"Readers see run {sent.now} now; it was run {sent.before}.")
    for words in sent.words:
        say(words)
