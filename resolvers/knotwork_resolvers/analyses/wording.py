"""Tables as text: 80 columns for people, CSV for programs."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

from knotwork_resolvers.analyses.table import Form, Table

WIDTH = 80
MOST_ROWS = 40
GAP = "  "
SPANS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"))


def table_text(table: Table, width: int = WIDTH, most: int = MOST_ROWS) -> str:
    """The table within ``width`` characters: names cut where they must be, columns and rows left out are counted."""
    shown = table.rows[:most]
    columns = [[name, *(said(row[place], form) for row in shown)] for place, (name, form) in enumerate(table.columns)]
    fitting = _fitting(columns, table.keys, width)
    lines = [_line(cells, table.keys, fitting) for cells in zip(*columns, strict=True)]
    left_out = [
        f"({count:,} more {what}; --format csv has them all)"
        for count, what in ((len(table.rows) - len(shown), "rows"), (len(columns) - len(fitting), "columns"))
        if count
    ]
    return "\n".join([*lines, *left_out])


def table_csv(table: Table) -> str:
    """The whole table as CSV, figures unrounded, absent ones empty; lines end in a line feed."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([name for name, _ in table.columns])
    writer.writerows(table.rows)
    return out.getvalue()


def said(value: Any, form: Form) -> str:
    """A cell as people read it.

    >>> said(0.1234, Form.SHARE), said(5400, Form.SECONDS), said(1234, Form.COUNT), said(None, Form.COUNT)
    ('12.3%', '1.5 h', '1,234', '-')
    """
    if value is None:
        return "-"
    if form is Form.SHARE:
        return f"{value:.1%}"
    if form is Form.SECONDS:
        return span(value)
    if form is Form.KEY or isinstance(value, str):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{2 if abs(value) < 100 else 0}f}"


def span(seconds: float) -> str:
    """A length of time in its largest unit.

    >>> span(45), span(-7200), span(172800)
    ('45 s', '-2.0 h', '2.0 d')
    """
    for size, unit in SPANS:
        if abs(seconds) >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _fitting(columns: Sequence[Sequence[str]], keys: int, width: int) -> list[int]:
    """The widths of the columns that fit: figures as wide as they are, the names share what is left."""
    natural = [max(map(len, column)) for column in columns]
    figures = natural[keys:]
    room = width - sum(min(12, one) + len(GAP) for one in natural[:keys])
    while figures and sum(figures) + len(GAP) * len(figures) > room + len(GAP):
        figures.pop()
    left = width - sum(figures) - len(GAP) * (len(figures) + keys - 1)
    return [*_shared(natural[:keys], left), *figures]


def _shared(natural: Sequence[int], room: int) -> list[int]:
    """Widths for the names that add up to at most ``room``: short ones whole, long ones cut alike."""
    given: list[int] = []
    for place, wide in enumerate(sorted(natural)):
        given.append(min(wide, max(4, (room - sum(given)) // (len(natural) - place))))
    longest = max(given, default=0)
    return [min(wide, longest) for wide in natural]


def _line(cells: Sequence[str], keys: int, widths: Sequence[int]) -> str:
    named = [_cut(cell, wide).ljust(wide) for cell, wide in zip(cells[:keys], widths[:keys], strict=True)]
    figures = [cell.rjust(wide) for cell, wide in zip(cells[keys : len(widths)], widths[keys:], strict=True)]
    return GAP.join([*named, *figures]).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
