"""Answers of analyses as pictures: each kind has its own, and two sets are drawn one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from knotwork_resolvers.analyses import Pair, said
from knotwork_resolvers.analyses.credit import AttributionAnswer
from knotwork_resolvers.analyses.funnel import FunnelAnswer
from knotwork_resolvers.analyses.lifecycle import LifecycleAnswer
from knotwork_resolvers.analyses.paths import PathsAnswer
from knotwork_resolvers.analyses.retention import RetentionAnswer
from knotwork_resolvers.analyses.rfm_answer import RfmAnswer
from knotwork_resolvers.analyses.scope import OTHER
from knotwork_resolvers.analyses.session_figures import SessionsAnswer
from knotwork_resolvers.analyses.steps import StepsAnswer
from knotwork_resolvers.analyses.stitched import StitchingAnswer
from knotwork_resolvers.analyses.table import Form, Table
from knotwork_resolvers.analyses.transitions import TransitionsAnswer
from knotwork_visualise.charts.bars_svg import Bars, bars_svg
from knotwork_visualise.charts.funnel_svg import FunnelBar, funnel_svg
from knotwork_visualise.charts.matrix_svg import Matrix, matrix_svg
from knotwork_visualise.charts.sankey import FlowLink, FlowNode, sankey
from knotwork_visualise.charts.sankey_svg import sankey_svg
from knotwork_visualise.charts.sheet import svg_file
from knotwork_visualise.words import words

if TYPE_CHECKING:
    from knotwork_resolvers.analyses import Answer

MOST_ROWS = 30
BUSIEST = 14


def answer_file(answer: Answer, language: str = "en") -> str:
    """One SVG file with its own style for light and dark; of a pair both sets, the first above."""
    if isinstance(answer, Pair):
        return svg_file([("1", answer_svg(answer.first, language)), ("2", answer_svg(answer.second, language))])
    return svg_file([("", answer_svg(answer, language))])


def answer_svg(answer: Answer, language: str = "en") -> Markup:
    """The picture of one answer, to stand in a page that has ``picture.css``; a short text where there is nothing."""
    draw: Callable[[Any, str], Markup] = PICTURES[type(answer)]
    return draw(answer, language)


def _transitions(answer: TransitionsAnswer, language: str) -> Markup:
    """The busiest events on both sides, and in each cell the share of what left the one on the left."""
    names = [one.event for one in answer.events[:BUSIEST]]
    share = {(one.origin, one.target): one.share for one in answer.transitions}
    deepest = max((share.get((a, b), 0.0) for a in names for b in names), default=0.0) or 1.0
    cells = tuple(tuple(_shared(share.get((a, b)), deepest) for b in names) for a in names)
    return matrix_svg(Matrix("transitions", tuple(names), tuple(names), cells), language)


def _steps(answer: StepsAnswer, language: str) -> Markup:
    return _matrix(answer.tables()[0], language)


def _retention(answer: RetentionAnswer, language: str) -> Markup:
    shares = answer.tables()[0]
    only = tuple((row[0], *row[2:]) for row in shares.rows)
    return _matrix(Table("retention", (shares.columns[0], *shares.columns[2:]), only), language)


def _matrix(table: Table, language: str) -> Markup:
    """A table of shares, coloured by them."""
    rows = table.rows[:MOST_ROWS]
    shares = [cell for row in rows for cell in row[1:] if cell is not None]
    deepest = max(shares, default=0.0) or 1.0
    cells = tuple(tuple(_shared(cell, deepest) for cell in row[1:]) for row in rows)
    columns = tuple(name for name, _ in table.columns[1:])
    return matrix_svg(Matrix(table.name, tuple(str(row[0]) for row in rows), columns, cells), language)


def _rfm(answer: RfmAnswer, language: str) -> Markup:
    """Recency scores from the best down, frequency scores across; the colour says how many customers."""
    held = {(one.recency_score, one.frequency_score): one for one in answer.groups}
    rows = sorted({r for r, _ in held}, reverse=True)
    columns = sorted({f for _, f in held})
    most = max((one.customers for one in answer.groups), default=1)
    cells = tuple(
        tuple((one.customers / most, f"{one.customers:,}") if (one := held.get((r, f))) else None for f in columns)
        for r in rows
    )
    return matrix_svg(Matrix("rfm", tuple(f"R {r}" for r in rows), tuple(f"F {f}" for f in columns), cells), language)


def _paths(answer: PathsAnswer, language: str) -> Markup:
    nodes = tuple(FlowNode(one.step, one.event, one.flow_in, one.drop_off) for one in answer.nodes)
    links = tuple(FlowLink(one.step, one.event, one.target, one.count) for one in answer.links)
    return sankey_svg(sankey(nodes, links, OTHER), language)


def _funnel(answer: FunnelAnswer, language: str) -> Markup:
    before = [answer.steps[0].customers, *(one.customers for one in answer.steps)]
    bars = (
        FunnelBar(one.event, one.customers, came, "" if one.step == 1 else said(one.median, Form.SECONDS))
        for one, came in zip(answer.steps, before, strict=False)
    )
    return funnel_svg(tuple(bars), language)


def _attribution(answer: AttributionAnswer, language: str) -> Markup:
    table = answer.tables()[0]
    series = tuple(name for name, _ in table.columns[1:])
    return bars_svg(Bars("attribution", series, tuple((row[0], row[1:]) for row in table.rows[:MOST_ROWS])), language)


def _lifecycle(answer: LifecycleAnswer, language: str) -> Markup:
    return _bars("lifecycle", [(one.stage, one.customers) for one in answer.stages], language)


def _sessions(answer: SessionsAnswer, language: str) -> Markup:
    return _bars("sessions", [(one.sessions_each, one.customers) for one in answer.bands], language)


def _stitching(answer: StitchingAnswer, language: str) -> Markup:
    return _bars("stitching", [(row[0], row[1]) for row in answer.tables()[0].rows], language)


def _bars(kind: str, values: Sequence[tuple[str, float]], language: str) -> Markup:
    title = words(language)[f"bars_{kind}"]
    groups = tuple((name, (float(value),)) for name, value in values)
    return bars_svg(Bars(title, (title,), groups if any(value for _, value in values) else ()), language)


def _shared(share: float | None, deepest: float) -> tuple[float, str] | None:
    return None if share is None else (share / deepest, said(share, Form.SHARE))


PICTURES: dict[type[Any], Callable[[Any, str], Markup]] = {
    TransitionsAnswer: _transitions,
    PathsAnswer: _paths,
    StepsAnswer: _steps,
    FunnelAnswer: _funnel,
    RetentionAnswer: _retention,
    RfmAnswer: _rfm,
    LifecycleAnswer: _lifecycle,
    AttributionAnswer: _attribution,
    SessionsAnswer: _sessions,
    StitchingAnswer: _stitching,
}
