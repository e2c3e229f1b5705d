"""Printing: a table on a terminal, plain lines in a pipe; remarks and progress on standard error.

Names and values come from other people's data, so whatever could move a terminal's cursor or forge a line is shown as
its escape instead.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TextIO

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, bidirectional overrides, half characters, line ends


def printable(text: object) -> str:
    r"""The text with everything that is no visible character escaped.

    >>> printable("Lan\x1b[2J\nsecond")
    'Lan\\x1b[2J\\nsecond'
    """
    words = str(text)
    if words.isascii() and words.isprintable():
        return words
    return "".join(escaped(letter) if unicodedata.category(letter) in UNSAFE else letter for letter in words)


def escaped(letter: str) -> str:
    """One character as Python writes it."""
    return letter.encode("unicode_escape").decode("ascii")


def cropped(text: str, width: int) -> str:
    """The text, or what fits of it within ``width`` characters with an ellipsis at its end.

    >>> cropped("cookie:c-81", 8), cropped("web", 8)
    ('cookie:…', 'web')
    """
    return text if len(text) <= width else f"{text[: width - 1]}…"


def say(text: object = "") -> None:
    """Print one line that belongs to the answer; it may hold line ends of its own."""
    print("\n".join(printable(line) for line in str(text).split("\n")))


def remark(text: object) -> None:
    """Print one line that is no part of the answer, on standard error."""
    print("\n".join(printable(line) for line in str(text).split("\n")), file=sys.stderr)


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], *, numbers: Sequence[str] = ()) -> None:
    """Print rows under headers: aligned on a terminal, separated by tabs in a pipe; ``numbers`` stand to the right."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        print("\n".join("\t".join(row) for row in (list(headers), *cells)))
        return
    aligned(headers, cells, numbers)


def aligned(headers: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[str]) -> None:
    """Print a table with rich, as wide as the terminal and no wider."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    tight = natural_width(headers, cells) > console.width
    for header in headers:
        title = header.replace(" ", "\n") if tight and header in numbers else header
        drawn.add_column(title, justify="right" if header in numbers else "left", overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    console.print(drawn)


def natural_width(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """How wide a table is of which nothing is folded, with three characters between two columns."""
    return sum(max(map(len, column)) for column in zip(headers, *cells, strict=True)) + 3 * (len(headers) - 1)


def heading(text: str) -> None:
    """Print a heading: bold on a terminal, plain in a pipe."""
    print(f"\n\x1b[1m{printable(text)}\x1b[0m" if sys.stdout.isatty() else f"\n{printable(text)}")


@contextmanager
def progress(label: str, *, stream: TextIO | None = None) -> Iterator[Callable[[int, int], None] | None]:
    """A function that takes (done, total) and moves a bar on standard error; None where that is no terminal."""
    with moving(label, "{task.percentage:>3.0f}%", stream) as move:
        yield None if move is None else lambda done, total: move(completed=done, total=total)


@contextmanager
def counting(label: str, unit: str, *, stream: TextIO | None = None) -> Iterator[Callable[[int], None] | None]:
    """A function that shows how many were done of a number that nobody knows yet; None where there is no terminal."""
    with moving(label, f"{{task.completed:,}} {unit}", stream) as move:
        yield None if move is None else lambda done: move(completed=done)


@contextmanager
def steps(label: str, *, stream: TextIO | None = None) -> Iterator[Callable[[str], None] | None]:
    """A function that shows which step is being done; None where standard error is no terminal."""
    with moving(label, "{task.fields[step]}", stream) as move:
        yield None if move is None else lambda step: move(step=printable(step))


@contextmanager
def moving(label: str, figure: str, stream: TextIO | None) -> Iterator[Callable[..., None] | None]:
    """What moves a bar on standard error, which vanishes at the end; None where that is no terminal."""
    target = stream or sys.stderr
    if not target.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn(figure), TimeElapsedColumn()
    with Progress(*columns, console=Console(file=target), transient=True) as bar:
        yield partial(bar.update, bar.add_task(label, total=None, step=""))
