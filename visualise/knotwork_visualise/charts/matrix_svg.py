"""A matrix as SVG, the more in a cell the deeper its colour: step matrices, transitions, cohorts, scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from knotwork_visualise.charts.sheet import LETTER, cut, empty
from knotwork_visualise.svg import drawing, tag

ROW = 24.0
TOP = 30.0
NAMES = 190.0
WIDEST = 1100.0
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
    parts = [*_head(matrix, names, wide), *_rows(matrix, names, wide)]
    box = (0.0, 0.0, names + wide * len(matrix.columns) + 6, TOP + ROW * len(matrix.rows) + 6)
    return drawing(*parts, box=box, label=matrix.title, class_="kw-chart")


def _head(matrix: Matrix, names: float, wide: float) -> Iterator[Markup]:
    for place, column in enumerate(matrix.columns):
        x = names + wide * (place + 0.5)
        said = tag("title", column)
        yield tag("text", said, cut(column, wide - 4), x=x, y=TOP - 10, text_anchor="middle", class_="kw-soft")


def _rows(matrix: Matrix, names: float, wide: float) -> Iterator[Markup]:
    for row, (name, cells) in enumerate(zip(matrix.rows, matrix.cells, strict=True)):
        y = TOP + ROW * row
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
