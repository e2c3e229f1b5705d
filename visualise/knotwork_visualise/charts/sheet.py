"""What charts have in common: how wide words are, what stands where there is nothing, and a chart as a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from knotwork_visualise.cluster import asset
from knotwork_visualise.svg import Attribute, tag
from knotwork_visualise.words import words

LETTER = 6.3  # width of a letter at 12 px
TEXT = (
    ".kw-chart text { font: 12px system-ui, sans-serif; fill: var(--kw-ink); }"
    " .kw-chart .kw-soft { fill: var(--kw-soft); } .kw-chart text.kw-title { font-weight: 600; }"
    " .kw-chart .kw-over { pointer-events: none; }"
)
MARGIN = 18.0
COLOURS = ("#5a4fb5", "#0072B2", "#009E73", "#D55E00", "#CC79A7", "#E69F00", "#56B4E9", "#8A8F98")
"""Colours of series: the accent, then those of Okabe and Ito, which colour-blind people tell apart."""


def cut(text: str, room: float) -> str:
    """The text, or what fits of it within ``room`` with an ellipsis at its end.

    >>> cut("Order Completed", 50)
    'Order …'
    """
    most = max(2, int(room / LETTER))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def number(value: float) -> str:
    """A number as people read it.

    >>> number(1234), number(6.921)
    ('1,234', '6.92')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def empty(language: str) -> Markup:
    """What stands where there is nothing to draw."""
    return tag("p", words(language)["nothing"])


def svg_file(drawings: Sequence[tuple[str, Markup]]) -> str:
    """One SVG file with its own style, for light and dark: the drawings one below another, each under its caption."""
    placed, y, widest = [], MARGIN, 0.0
    for caption, drawn in drawings:
        width, height = _size(drawn)
        if caption:
            placed.append(tag("text", caption, x=MARGIN, y=y + 12, class_="kw-title"))
            y += 24
        place = Markup('<svg x="{}" y="{}" width="{}" height="{}" ').format(MARGIN, y, width, height)
        placed.append(Markup(drawn).replace(Markup("<svg "), place, 1) if height else _note(drawn, y))  # noqa: S704 - made of escaped parts by ``tag``
        y += (height or 24) + MARGIN
        widest = max(widest, width)
    return str(_page(placed, max(widest, 320.0) + 2 * MARGIN, y))


def _page(placed: list[Markup], width: float, height: float) -> Markup:
    paper = tag("rect", width=width, height=height, fill="var(--kw-paper)")
    size: dict[str, Attribute] = {
        "width": round(width),
        "height": round(height),
        "viewBox": f"0 0 {width:.0f} {height:.0f}",
    }
    style = tag("style", Markup(_style()))  # noqa: S704 - our own file, not data
    return tag("svg", style, paper, *placed, xmlns="http://www.w3.org/2000/svg", class_="kw-chart", **size)


def _note(drawn: Markup, y: float) -> Markup:
    return tag("text", drawn.striptags(), x=MARGIN, y=y + 14)


def _size(drawn: Markup) -> tuple[float, float]:
    """Width and height of a drawing by its ``viewBox``; nothing for a text."""
    found = re.match(r'<svg[^>]* viewBox="0 0 (\d+) (\d+)"', drawn)
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def _style() -> str:
    """The colours of ``picture.css`` and the letters of charts."""
    sheet = asset("picture.css")
    colours = sheet[sheet.index(":root") : sheet.index(".kw-picture")]
    return f"{colours}\n{TEXT}"
