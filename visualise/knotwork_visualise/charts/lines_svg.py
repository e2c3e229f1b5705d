"""Lines over a share from 0 to 1, such as what to expect at each threshold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from knotwork_visualise.charts.sheet import COLOURS, empty
from knotwork_visualise.svg import drawing, tag

LEFT, TOP = 46.0, 30.0
WIDE, HIGH = 560.0, 240.0
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Lines:
    """For each name the points (x, y), x ascending; both from 0 to 1. ``across`` says what x is."""

    title: str
    across: str
    lines: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


def lines_svg(lines: Lines, language: str = "en") -> Markup:
    """The picture: a line for each name with a dot for each point, which tells its figures."""
    if not any(points for _, points in lines.lines):
        return empty(language)
    parts = [*_grid(lines.across), *(part for place in range(len(lines.lines)) for part in _line(lines, place))]
    return drawing(*parts, box=(0.0, 0.0, LEFT + WIDE + 20, TOP + HIGH + 46), label=lines.title, class_="kw-chart")


def _x(value: float) -> float:
    return LEFT + WIDE * min(max(value, 0.0), 1.0)


def _y(value: float) -> float:
    return TOP + HIGH * (1 - min(max(value, 0.0), 1.0))


def _grid(across: str) -> Iterator[Markup]:
    for tick in TICKS:
        y = _y(tick)
        yield tag("line", x1=_x(0), x2=_x(1), y1=y, y2=y, stroke="var(--kw-soft)", stroke_opacity=0.25)
        yield tag("text", f"{tick:.0%}", x=0, y=_y(tick) + 4, class_="kw-soft")
        yield tag("text", f"{tick:g}", x=_x(tick) - 8, y=TOP + HIGH + 18, class_="kw-soft")
    yield tag("text", across, x=_x(0.5) - 3 * len(across), y=TOP + HIGH + 38, class_="kw-soft")


def _line(lines: Lines, place: int) -> Iterator[Markup]:
    name, points = lines.lines[place]
    colour = COLOURS[place % len(COLOURS)]
    yield tag("rect", x=LEFT + 170 * place, y=4, width=12, height=12, rx=2, fill=colour)
    yield tag("text", name, x=LEFT + 170 * place + 18, y=14, class_="kw-soft")
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    yield tag("polyline", points=path, fill="none", stroke=colour, stroke_width=2)
    for x, y in points:
        yield tag("circle", tag("title", f"{name} at {x:g}: {y:.1%}"), cx=_x(x), cy=_y(y), r=3.5, fill=colour)
