"""The report as one HTML page: it loads nothing from anywhere, and follows the reader's light or dark."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from knotwork_resolvers.nightly import sheet
from knotwork_resolvers.nightly.report import Report

if TYPE_CHECKING:
    from jinja2 import Template


def as_html(report: Report) -> str:
    """The whole page."""
    return _template().render(
        report=report,
        headline=sheet.headline(report),
        gates=list(zip(report.gates, sheet.verdict_rows(report), strict=True)),
        worst=list(sheet.worst(report)),
        moved=list(sheet.moved(report)),
        counted=list(sheet.counted(report)),
        sizes=list(sheet.histogram(report, 100)),
        steps=list(sheet.steps_taken(report)),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("knotwork_resolvers.nightly", ".")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return found.get_template("page.html.j2")
