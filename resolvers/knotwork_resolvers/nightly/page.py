"""The report as one HTML page: it loads nothing from anywhere, and follows the reader's light or dark."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from knotwork_resolvers.nightly import sheet
from knotwork_resolvers.nightly.report import Report

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


def as_html(report: Report) -> str:
    """The whole page."""
    return _template().render(
        report=report,
        headline=sheet.headline(report),
        notes=sheet.noted(report),
        gates=list(zip(report.gates, sheet.verdict_rows(report), strict=True)),
        worst=list(sheet.worst(report)),
        moved=list(sheet.moved(report)),
        counted=list(sheet.count_rows(report)),
        sizes=list(sheet.histogram(report, 100)),
        steps=list(sheet.steps_taken(report)),
    )


def commands(text: str) -> Markup:
    """A sentence with what stands between backticks as code, everything else escaped.

    >>> str(commands("a < b: `knotwork runs list`"))
    'a &lt; b: <code>knotwork runs list</code>'
    """
    from markupsafe import Markup, escape

    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("knotwork_resolvers.nightly", ".")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters["commands"] = commands
    return found.get_template("page.html.j2")
