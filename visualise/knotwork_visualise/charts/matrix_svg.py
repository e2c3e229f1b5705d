"""A matrix as SVG, the more in a cell the deeper its colour: step matrices, transitions, cohorts, scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin

from markupsafe import Markup

from knotwork_visualise.charts.sheet import LETTER, cut, empty
from knotwork_visualise.svg import drawing, tag

ROW = 24.0
TOP = 30.0
NAMES = 190.0
WIDEST = 1100.0
TILT = 38.0  # degrees that heads lean where one of them is wider than its column
LONGEST = 150.0
DEEPEST = 0.55  # more, and dark letters are hard to read on it


@dataclass(frozen=True, slots=True)
class Matrix:
    """Names of rows and columns, and for each row its cells: a share from 0 to 1 that colours, and the text in it.

    None is a cell that there is none of. ``title`` is for those who cannot see it.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[tuple[float, str] | None, ...], ...]


def matrix_svg(matrix: Matrix, language: str = "en") -> Markup:
    """The picture; a short text where there is nothing to draw. Colours are those of ``picture.css``."""
    if not matrix.rows or not matrix.columns:
        return empty(language)
    names = min(NAMES, 22 + LETTER * max(map(len, matrix.rows)))
    wide = max(46.0, min(86.0, (WIDEST - names) / len(matrix.columns)))
    long = max(LETTER * len(column) for column in matrix.columns)
    leans = min(long, LONGEST) if long > wide - 4 else 0.0
    top = TOP if not leans else 22 + leans * sin(radians(TILT))
    parts = [*_head(matrix, names, wide, top, leans), *_rows(matrix, names, wide, top)]
    beyond = max(6.0, leans * cos(radians(TILT)) - wide / 2)
    box = (0.0, 0.0, names + wide * len(matrix.columns) + beyond, top + ROW * len(matrix.rows) + 6)
    return drawing(*parts, box=box, label=matrix.title, class_="kw-chart")


def _head(matrix: Matrix, names: float, wide: float, top: float, leans: float) -> Iterator[Markup]:
    """The names of the columns; where one is wider than its column all lean, ``leans`` long, and none hides another."""
    for place, column in enumerate(matrix.columns):
        x, said = names + wide * (place + 0.5), tag("title", column)
        if leans:
            turned = f"rotate(-{TILT:.0f} {x:.1f} {top - 8:.1f})"
            yield tag("text", said, cut(column, leans), x=x, y=top - 8, transform=turned, class_="kw-soft")
        else:
            yield tag("text", said, cut(column, wide - 4), x=x, y=top - 10, text_anchor="middle", class_="kw-soft")


def _rows(matrix: Matrix, names: float, wide: float, top: float) -> Iterator[Markup]:
    for row, (name, cells) in enumerate(zip(matrix.rows, matrix.cells, strict=True)):
        y = top + ROW * row
        yield tag("text", tag("title", name), cut(name, names - 10), x=0, y=y + 16)
        for place, cell in enumerate(cells):
            if cell is not None:
                yield from _cell(cell, f"{name} · {matrix.columns[place]}: {cell[1]}", names + wide * place, y, wide)


def _cell(cell: tuple[float, str], said: str, x: float, y: float, wide: float) -> Iterator[Markup]:
    share, text = cell
    depth = DEEPEST * min(1.0, max(0.0, share))
    place = {"x": x + 1, "y": y + 1, "width": wide - 2, "height": ROW - 2, "rx": 3}
    yield tag("rect", tag("title", said), **place, fill="var(--kw-after)", fill_opacity=round(depth, 3))
    yield tag("text", text, x=x + wide / 2, y=y + 16, text_anchor="middle", class_="kw-over")
