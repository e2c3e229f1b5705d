"""Bars as SVG: a group for each name, in it a bar for each series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from knotwork_visualise.charts.sheet import COLOURS, LETTER, cut, empty, number
from knotwork_visualise.svg import drawing, tag

NAMES = 190.0
ROOM = 640.0
THICK = 18.0
THIN = 13.0
APART = 12.0


@dataclass(frozen=True, slots=True)
class Bars:
    """A value for each series of each name, in the order they are drawn; what is negative is drawn as nothing.

    ``title`` stands above bars of one series; several have their names there.
    """

    title: str
    series: tuple[str, ...]
    groups: tuple[tuple[str, tuple[float, ...]], ...]


def bars_svg(bars: Bars, language: str = "en") -> Markup:
    """The picture; a short text where there is nothing to draw. Colours are those of ``picture.css``."""
    if not bars.groups or not bars.series:
        return empty(language)
    top = 10.0 + 22.0 * _legend_rows(bars)
    high = THICK if len(bars.series) == 1 else THIN
    step = high * len(bars.series) + APART
    names = min(NAMES, 22 + LETTER * max(len(name) for name, _ in bars.groups))
    parts = [*_legend(bars), *(part for row in range(len(bars.groups)) for part in _group(bars, row, top, step, names))]
    box = (0.0, 0.0, names + ROOM + 80, top + step * len(bars.groups) + 4)
    return drawing(*parts, box=box, label=bars.title, class_="kw-chart")


def _legend_rows(bars: Bars) -> int:
    return 1 + (len(bars.series) - 1) // 5


def _legend(bars: Bars) -> Iterator[Markup]:
    if len(bars.series) == 1:
        yield tag("text", bars.title, x=0, y=13, class_="kw-title")
        return
    for place, name in enumerate(bars.series):
        x, y = 170.0 * (place % 5), 22.0 * (place // 5)
        yield tag("rect", x=x, y=y, width=12, height=12, rx=2, fill=COLOURS[place % len(COLOURS)])
        yield tag("text", cut(name, 140), x=x + 18, y=y + 10.5, class_="kw-soft")


def _group(bars: Bars, row: int, top: float, step: float, names: float) -> Iterator[Markup]:
    name, values = bars.groups[row]
    most = max((max(each) for _, each in bars.groups), default=0.0) or 1.0
    y, high = top + step * row, (step - APART) / len(values)
    yield tag("text", tag("title", name), cut(name, names - 10), x=0, y=y + (step - APART) / 2 + 4)
    for place, value in enumerate(values):
        wide, at = ROOM * max(0.0, value) / most, y + high * place
        said = f"{name} · {bars.series[place]}: {number(value)}"
        colour = COLOURS[place % len(COLOURS)] if len(values) > 1 else "var(--kw-after)"
        bar = {"x": names, "y": at, "width": max(wide, 1.0), "height": high - 1, "rx": 2}
        yield tag("rect", tag("title", said), **bar, fill=colour)
        yield tag("text", number(value), x=names + wide + 6, y=at + high / 2 + 4, class_="kw-soft")
