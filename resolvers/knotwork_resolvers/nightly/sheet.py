"""What a report shows, as rows of texts: Markdown, the page and the command line lay out the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from knotwork_graph.counted import counted, few_of
from knotwork_resolvers.nightly.report import Report
from knotwork_resolvers.nightly.verdict import Verdict, figure

Row = Sequence[str]
SIZE = "size_"
COUNTED = {
    "events": "events",
    "nobody": "events of nobody",
    "identifiers": "identifiers",
    "edges": "links seen",
    "customers": "customers",
    "largest": "identifiers of the largest customer",
    "severed": "links severed",
    "shared": "identifiers shared",
    "unusable": "identifiers blocked or invalid",
    "named_before": "events that name somebody by themselves",
    "named_after": "events that name somebody by stitching",
}


def headline(report: Report) -> str:
    """What happened, in one sentence or two."""
    customers, events = report.counts.get("customers", 0), report.counts.get("events", 0)
    what = f"{counted(customers, 'customer')} from {counted(events, 'event')}, as of {minute(report.moment)} UTC"
    against = f", against run {report.served} that readers saw" if report.served else ", the first run"
    how = "Published" if report.state == "published" else "Held"
    made = f" It makes run {report.remakes} anew." if report.remakes else ""
    return f"{how} after {report.seconds:.1f} s: {what}{against}.{made}"


def noted(report: Report) -> tuple[str, ...]:
    """What can be done now, and what was warned of, as far as a person reads."""
    return (*report.notes, *few_of(report.warnings))


def verdict_rows(report: Report) -> Iterator[Row]:
    """One row a gate: name, verdict, value, limit, by how much it is above, words."""
    for one in report.gates:
        yield (one.gate, one.word, figure(one.value, one.unit), figure(one.limit, one.unit), one.excess, one.words)


def moved(report: Report) -> Iterator[Row]:
    """One row for each kind of change: kind, customers, identifiers."""
    for one in report.movements:
        yield one.kind, f"{one.customers:,}", f"{one.identifiers:,}"


def count_rows(report: Report) -> Iterator[Row]:
    """One row a figure: name, now, before; then the stitching rate."""
    for name, words in COUNTED.items():
        if name in report.counts:
            before = report.counts_before.get(name)
            yield words, f"{report.counts[name]:,}", "-" if before is None else f"{before:,}"
    if report.stitching is not None:
        was, events = report.counts_before.get("named_after"), report.counts_before.get("events", 0)
        rate = None if was is None or not events else was / events
        yield "stitching rate", figure(report.stitching, "share"), figure(rate, "share")


def histogram(report: Report, width: int) -> Iterator[tuple[str, int, int]]:
    """One row a band of sizes: name, customers, and how long its bar is of at most ``width``."""
    bands = {name: count for name, count in report.counts.items() if name.startswith(SIZE)}
    most = max(bands.values(), default=0)
    for name, count in bands.items():
        yield name.removeprefix(SIZE), count, -(-count * width // most) if most else 0


def steps_taken(report: Report) -> Iterator[Row]:
    """One row a step: name, seconds, peak memory so far."""
    for one in report.steps:
        yield one.name, f"{one.seconds:.1f}", f"{one.peak_mib:,}"


def worst(report: Report) -> Iterator[Verdict]:
    """The verdicts that name examples."""
    return (one for one in report.gates if one.examples)


def minute(when: datetime) -> str:
    """A time to the minute, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
