"""SVG elements made of escaped parts, and the shapes that mark identifiers."""

from __future__ import annotations

from math import cos, pi, sin

from markupsafe import Markup, escape

Attribute = str | int | float | None


def tag(name: str, *inside: str | Markup, **attributes: Attribute) -> Markup:
    """One element. Every attribute and every plain text inside is escaped; None leaves an attribute out.

    An underscore in an attribute's name stands for a hyphen, and one at its end is dropped.

    >>> str(tag("text", "a < b", x=1.5, class_="kw"))
    '<text x="1.5" class="kw">a &lt; b</text>'
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _number(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{}{}>{}</{}>").format(name, written, Markup("").join(escape(part) for part in inside), name)


def _number(value: Attribute) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def drawing(*inside: Markup, box: tuple[float, float, float, float], label: str, class_: str) -> Markup:
    """An ``svg`` element that shows ``box`` (left, top, right, bottom), named for those who cannot see it."""
    left, top, right, bottom = box
    view = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    return tag(
        "svg", *inside, xmlns="http://www.w3.org/2000/svg", viewBox=view, role="img", aria_label=label, class_=class_
    )


CORNERS = {"hexagon": (6, 0.0), "triangle": (3, -pi / 2), "triangleDown": (3, pi / 2), "diamond": (4, 0.0)}


def mark(shape: str, x: float, y: float, size: float, **attributes: Attribute) -> Markup:
    """The mark of a shape around (x, y); ``size`` is half its width. A shape without a drawing is a circle."""
    if shape == "square":
        return tag("rect", x=x - size, y=y - size, width=2 * size, height=2 * size, rx=2, **attributes)
    if shape == "star":
        return tag("polygon", points=_star(x, y, size), **attributes)
    if shape in CORNERS:
        count, turn = CORNERS[shape]
        grown = size * (1.15 if count == 3 else 1.0)
        return tag("polygon", points=_points(x, y, [grown] * count, turn), **attributes)
    return tag("circle", cx=x, cy=y, r=size, **attributes)


def _star(x: float, y: float, size: float) -> str:
    return _points(x, y, [size * 1.15, size * 0.5] * 5, -pi / 2)


def _points(x: float, y: float, radii: list[float], turn: float) -> str:
    step = 2 * pi / len(radii)
    return " ".join(
        f"{x + radius * cos(turn + place * step):.1f},{y + radius * sin(turn + place * step):.1f}"
        for place, radius in enumerate(radii)
    )
