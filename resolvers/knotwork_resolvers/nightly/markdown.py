"""The report as Markdown, for a repository, a ticket or a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from knotwork_resolvers.nightly.report import Report
from knotwork_resolvers.nightly.sheet import (
    Row,
    count_rows,
    headline,
    histogram,
    moved,
    noted,
    steps_taken,
    verdict_rows,
)


def as_markdown(report: Report) -> str:
    """The whole report, ending in a line end."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# Run {report.run}: {report.state}"
    yield from ("", headline(report), "")
    yield from (f"- {note}" for note in noted(report))
    yield from _part("Gates", ("gate", "verdict", "value", "limit", "above by", "what"), verdict_rows(report), "llrrrl")
    for verdict in report.gates:
        if verdict.examples:
            yield from ("", f"### {verdict.gate}: the worst", "", *(f"- {one}" for one in verdict.examples))
    yield from _part("What changed", ("", "customers", "identifiers"), moved(report), "lrr")
    if report.largest_changes:
        yield from ("", "### The largest changes", "", *(f"- {one}" for one in report.largest_changes))
    yield from _part("Figures", ("", "now", "before"), count_rows(report), "lrr")
    sizes = ((name, f"{count:,}", f"`{'#' * bar}`" if bar else "") for name, count, bar in histogram(report, 30))
    yield from _part("Customers by identifiers", ("identifiers", "customers", ""), sizes, "lrl")
    yield from _part("Steps", ("step", "seconds", "peak memory, MiB"), steps_taken(report), "lrr")


def _part(title: str, headers: Sequence[str], rows: Iterable[Row], sides: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", _row(headers), _row(["---:" if side == "r" else "---" for side in sides]))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
