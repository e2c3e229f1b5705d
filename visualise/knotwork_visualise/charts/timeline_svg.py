"""The timeline as SVG: light bars before the stitch, dark after, a line at the stitch, a green dot for an order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from markupsafe import Markup

from knotwork_visualise.charts.axis import ticks
from knotwork_visualise.charts.timeline import Bar, Dot, Lane, Stitch, Timeline
from knotwork_visualise.dates import moment, month, short_day
from knotwork_visualise.svg import drawing, tag
from knotwork_visualise.words import channel_word, counted, words

WIDTH = 1160.0
LEFT = 104.0
RIGHT = 1144.0
TOP = 34.0
LANE = 27.0
BAR = 13.0
LEAST = 7.0  # a session of one event must be seen
LETTER = 5.85  # width of a letter at 11.5 px

Across = Callable[[datetime], float]


def timeline_svg(timeline: Timeline, language: str = "en") -> Markup:
    """The picture; a short text where there is nothing to draw. It needs ``picture.css`` for its colours."""
    if timeline.first is None or timeline.last is None:
        return tag("p", words(language)["timeline_empty"])
    bottom = TOP + LANE * len(timeline.lanes)
    across = _scale(timeline.first, timeline.last)
    parts = [
        *_axis(timeline.first, timeline.last, across, bottom, language),
        *(part for row, lane in enumerate(timeline.lanes) for part in _lane(lane, row, across, language)),
        *_stitches(timeline.stitches, across, bottom, language),
    ]
    box = (0.0, 0.0, WIDTH, bottom + 26)
    return drawing(*parts, box=box, label=words(language)["timeline"], class_="kw-timeline")


def _scale(first: datetime, last: datetime) -> Across:
    room = max(last - first, timedelta(minutes=1)) * 1.02
    return lambda when: LEFT + 8 + (RIGHT - LEFT - 16) * ((when - first) / room)


def _axis(first: datetime, last: datetime, across: Across, bottom: float, language: str) -> Iterator[Markup]:
    moments, monthly = ticks(first, last)
    for tick in moments:
        x = across(tick)
        yield tag("line", x1=x, y1=TOP - 6, x2=x, y2=bottom, stroke="var(--kw-rule)")
        text = month(tick, language) if monthly else short_day(tick, language)
        yield tag("text", text, x=x, y=bottom + 16, text_anchor="middle", class_="kw-tick")


def _lane(lane: Lane, row: int, across: Across, language: str) -> Iterator[Markup]:
    y = TOP + LANE * row + LANE / 2
    yield tag("line", x1=LEFT, y1=y, x2=RIGHT, y2=y, stroke="var(--kw-rule)")
    name = channel_word(lane.channel, language)
    yield tag("text", name if len(name) <= 15 else f"{name[:14]}…", x=0, y=y + 4, class_="kw-lane")
    for bar in lane.bars:
        yield _bar(bar, y, across, language)
    for dot in lane.orders:
        yield _dot(dot, y, across, language)


def _bar(bar: Bar, y: float, across: Across, language: str) -> Markup:
    x, end = across(bar.first), across(bar.last)
    wide = max(end - x, LEAST)
    said = counted(words(language), "timeline_session", bar.events).format(
        number=bar.session, events=bar.events, first=moment(bar.first, language), last=f"{bar.last:%H:%M}"
    )
    fill = "var(--kw-after)" if bar.known else "var(--kw-before)"
    x = x if end - x >= LEAST else (x + end - wide) / 2
    return tag("rect", tag("title", said), x=x, y=y - BAR / 2, width=wide, height=BAR, rx=min(wide, BAR) / 2, fill=fill)


def _dot(dot: Dot, y: float, across: Across, language: str) -> Markup:
    said = words(language)["timeline_order"].format(event=dot.event, when=moment(dot.when, language))
    place = {"cx": across(dot.when), "cy": y - BAR / 2 - 1, "r": 4}
    return tag(
        "circle", tag("title", said), **place, fill="var(--kw-order)", stroke="var(--kw-paper)", stroke_width=1.5
    )


def _stitches(stitches: tuple[Stitch, ...], across: Across, bottom: float, language: str) -> Iterator[Markup]:
    """The first stitch with a line and its words; later ones (a new cookie, say) with a small mark on the axis."""
    for stitch in stitches[1:]:
        x = across(stitch.when)
        points = f"{x - 4:.1f},{TOP - 10:.1f} {x + 4:.1f},{TOP - 10:.1f} {x:.1f},{TOP - 3:.1f}"
        yield tag("polygon", tag("title", _said(stitch, language)), points=points, fill="var(--kw-stitch)")
    if stitches:
        yield from _first(stitches[0], across(stitches[0].when), bottom, language)


def _first(stitch: Stitch, x: float, bottom: float, language: str) -> Iterator[Markup]:
    said = _said(stitch, language)
    wide = LETTER * len(said) + 16
    left = min(max(x - 1, LEFT), RIGHT - wide)
    yield tag("line", x1=x, y1=20, x2=x, y2=bottom, stroke="var(--kw-stitch)", stroke_width=1.5)
    yield tag("rect", x=left, y=2, width=wide, height=19, rx=5, fill="var(--kw-stitch-paper)")
    yield tag("text", said, x=left + 8, y=15, class_="kw-stitch")


def _said(stitch: Stitch, language: str) -> str:
    return counted(words(language), "timeline_stitch", stitch.sessions).format(
        when=moment(stitch.when, language), event=stitch.event[:40], sessions=stitch.sessions
    )
