"""A sum as a waterfall: where it begins, what each step adds or takes away, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from knotwork_visualise.charts.sheet import COLOURS, LETTER, cut, empty
from knotwork_visualise.svg import drawing, tag

NAMES = 330.0
ROOM = 420.0
STEP = 26.0
HIGH = 16.0
UP, DOWN = COLOURS[2], COLOURS[3]


@dataclass(frozen=True, slots=True)
class Fall:
    """``steps`` of a name and what it adds, in their order, from zero; ``total``: the name of their sum."""

    title: str
    steps: tuple[tuple[str, float], ...]
    total: str


def waterfall_svg(fall: Fall, language: str = "en") -> Markup:
    """The picture: a bar for each step from where the sum stood to where it stands, and one for the sum.

    What adds is green and to the right, what takes away orange and to the left; each bar has its figure beside it.
    """
    if not fall.steps:
        return empty(language)
    edges = [0.0]
    for _, value in fall.steps:
        edges.append(edges[-1] + value)
    low, high = min(edges), max(edges)
    names = min(NAMES, 12 + LETTER * max(len(name) for name, _ in (*fall.steps, (fall.total, 0.0))))
    scale = Scale(names, low, ROOM / max(high - low, 1e-9))
    rows = [*zip(fall.steps, edges, edges[1:], strict=False), ((fall.total, edges[-1]), 0.0, edges[-1])]
    parts = [part for place, (step, start, end) in enumerate(rows) for part in _row(step, start, end, place, scale)]
    zero = tag(
        "line", x1=scale.at(0), x2=scale.at(0), y1=0, y2=STEP * len(rows), stroke="var(--kw-soft)", stroke_opacity=0.4
    )
    return drawing(
        zero, *parts, box=(0.0, 0.0, names + ROOM + 90, STEP * len(rows) + 4), label=fall.title, class_="kw-chart"
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values stand: ``names`` is the room for names, ``low`` the least value, ``wide`` the room for one unit."""

    names: float
    low: float
    wide: float

    def at(self, value: float) -> float:
        """The place of a value from the left."""
        return self.names + (value - self.low) * self.wide


def _row(step: tuple[str, float], start: float, end: float, place: int, scale: Scale) -> Iterator[Markup]:
    name, value = step
    y, left, right = STEP * place, scale.at(min(start, end)), scale.at(max(start, end))
    yield tag("text", tag("title", name), cut(name, scale.names - 8), x=0, y=y + 13)
    said = f"{name}: {value:+.2f}"
    bar = {"x": left, "y": y, "width": max(right - left, 1.0), "height": HIGH, "rx": 2}
    yield tag("rect", tag("title", said), **bar, fill=UP if value >= 0 else DOWN)
    yield tag("text", f"{value:+.2f}", x=right + 6, y=y + 13, class_="kw-soft")
