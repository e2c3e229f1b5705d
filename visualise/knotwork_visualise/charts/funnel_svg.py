"""A funnel as SVG: a bar for each step, the part that was lost beside it in a light colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from knotwork_visualise.charts.sheet import LETTER, cut, empty
from knotwork_visualise.svg import Attribute, drawing, tag
from knotwork_visualise.words import words

NAMES = 210.0
ROOM = 620.0
ROW = 46.0
BAR = 26.0


@dataclass(frozen=True, slots=True)
class FunnelBar:
    """A step: how many came, how many there were a step before, and a few words on how long it took."""

    name: str
    count: int
    before: int
    note: str = ""


def funnel_svg(bars: tuple[FunnelBar, ...], language: str = "en") -> Markup:
    """The picture; a short text where nobody began. Colours are those of ``picture.css``."""
    if not bars or not bars[0].count:
        return empty(language)
    names = min(NAMES, 22 + LETTER * max(len(bar.name) for bar in bars))
    parts = [part for row, bar in enumerate(bars) for part in _bar(bar, bars[0].count, row, names, language)]
    box = (0.0, 0.0, names + ROOM + 170, ROW * len(bars))
    return drawing(*parts, box=box, label=words(language)["funnel"], class_="kw-chart")


def _bar(bar: FunnelBar, first: int, row: int, names: float, language: str) -> Iterator[Markup]:
    y, wide, before = ROW * row + 2, ROOM * bar.count / first, ROOM * bar.before / first
    place = {"y": y, "height": BAR, "rx": 3}
    lost = words(language)["funnel_lost"].format(count=f"{bar.before - bar.count:,}")
    yield tag("text", tag("title", bar.name), cut(bar.name, names - 10), x=0, y=y + 17)
    if bar.before > bar.count:
        faded: dict[str, Attribute] = {"fill": "var(--kw-before)", "fill_opacity": 0.45}
        yield tag("rect", tag("title", lost), x=names, width=max(before, 1.0), **place, **faded)
    said = f"{bar.name}: {bar.count:,}"
    yield tag("rect", tag("title", said), x=names, width=max(wide, 1.0), **place, fill="var(--kw-after)")
    x = names + max(wide, before) + 8
    yield tag("text", f"{bar.count:,} · {bar.count / first:.1%}", x=x, y=y + 17)
    yield tag("text", " · ".join(filter(None, (lost if row else "", bar.note))), x=names, y=y + 39, class_="kw-soft")
