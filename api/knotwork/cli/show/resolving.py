"""What a run did, as text."""

from __future__ import annotations

from collections.abc import Mapping

from knotwork.cli.face import ResolveFace
from knotwork.cli.moments import minute
from knotwork.cli.terminal import remark, say
from knotwork_graph.counted import few_of

SIZE = "size_"
SIDE_FIGURES = {
    "identifiers": {"shared": "shared", "unusable": "unusable"},
    "edges": {"severed": "severed"},
    "events": {"nobody": "nobody's"},
}
SHOWN_ASIDE = frozenset({"largest", *(name for side in SIDE_FIGURES.values() for name in side)})


def show_run(report: ResolveFace, *, dry_run: bool) -> None:
    """Print what the run found, one figure a line with its side figures; warnings go to standard error."""
    what = "nothing published (dry run)" if dry_run else f"run {report.run}"
    how = f"{report.how} ({report.because})" if report.because else report.how
    say(f"{what}: {how}, as of {minute(report.moment)} UTC, in {report.seconds:.1f} s")
    counts = {"shared": report.shared, "severed": report.severed, **report.counts}
    for name, count in counts.items():
        if name not in SHOWN_ASIDE and not name.startswith(SIZE):
            say(f"  {name.replace('_', ' '):<12}{count:>13,}   {aside(name, counts)}".rstrip())
    say(f"  {'changes':<12}{sum(report.changes.values()):>13,}   {listed(report.changes)}".rstrip())
    if bands := sizes(counts):
        say(f"  customers by identifiers\n    {bands}")
    for warning in few_of(report.warnings):
        remark(f"warning: {warning}")


def aside(name: str, counts: Mapping[str, int]) -> str:
    """What is said beside a figure: what of it links nothing, or belongs to nobody."""
    return ", ".join(f"{counts[key]:,} {words}" for key, words in SIDE_FIGURES.get(name, {}).items() if key in counts)


def sizes(counts: Mapping[str, int]) -> str:
    """How many customers have how many identifiers, the bands that are empty left out."""
    bands = {name.removeprefix(SIZE): count for name, count in counts.items() if name.startswith(SIZE) and count}
    return ", ".join(f"{band}: {count:,}" for band, count in bands.items())


def listed(changes: Mapping[str, int]) -> str:
    """The kinds of change that happened, with their numbers."""
    return ", ".join(f"{count:,} {kind}" for kind, count in changes.items() if count)
