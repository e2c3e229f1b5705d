"""Pictures of matching: a pair's waterfall, and what each threshold would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_visualise.charts.lines_svg import Lines, lines_svg
from knotwork_visualise.charts.sheet import svg_file
from knotwork_visualise.charts.waterfall_svg import Fall, waterfall_svg

if TYPE_CHECKING:
    from markupsafe import Markup

    from knotwork.service.matching import MatchingReport, PairEvidence


def pair_file(found: PairEvidence) -> str:
    """The waterfall of a pair as one SVG file; identifiers are left out, so that it can be shown."""
    return svg_file([(f"{found.standing}, {found.evidence.score:.2%}", pair_svg(found))])


def pair_svg(found: PairEvidence) -> Markup:
    """The waterfall of a pair, to stand in a page that has ``picture.css``."""
    why = found.evidence
    steps = [("any two records", why.prior), *((f"{one.trait}: {one.words}", one.weight) for one in why.steps)]
    if why.household:
        steps.append(("household: they may live together", why.household))
    return waterfall_svg(Fall("evidence in bits", tuple(steps), f"total: {why.score:.2%}"))


def report_file(found: MatchingReport) -> str:
    """Expected precision and recall over the threshold as one SVG file."""
    return svg_file([("what a threshold would mean", thresholds_svg(found))])


def thresholds_svg(found: MatchingReport) -> Markup:
    """The same, to stand in a page."""
    precision = tuple((one.probability, one.precision) for one in found.thresholds)
    recall = tuple((one.probability, one.recall) for one in found.thresholds)
    lines = (("expected precision", precision), ("expected recall", recall))
    return lines_svg(Lines("what a threshold would mean", "threshold", lines))
