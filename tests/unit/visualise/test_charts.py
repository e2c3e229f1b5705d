"""Charts of answers: nothing drawn where there is nothing, names escaped, and flows that survive being put together."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from knotwork_visualise.charts.bars_svg import Bars, bars_svg
from knotwork_visualise.charts.funnel_svg import FunnelBar, funnel_svg
from knotwork_visualise.charts.matrix_svg import Matrix, matrix_svg
from knotwork_visualise.charts.sankey import FlowLink, FlowNode, folded, sankey
from knotwork_visualise.charts.sankey_svg import sankey_svg
from knotwork_visualise.charts.sheet import svg_file

EVIL = '</svg><script>alert("1")</script>'
NODES = (FlowNode(1, EVIL, 6, 1), FlowNode(1, "b", 4), FlowNode(2, "c", 5, 5), FlowNode(2, "d", 4, 4))
LINKS = (FlowLink(1, EVIL, "c", 5), FlowLink(1, "b", "d", 4))
FULL = {
    "bars": bars_svg(Bars("b", ("x", EVIL), ((EVIL, (1.0, 2.5)), ("z", (0.0, 0.0))))),
    "funnel": funnel_svg((FunnelBar(EVIL, 10, 10), FunnelBar("b", 4, 10, EVIL))),
    "matrix": matrix_svg(Matrix("m", (EVIL,), ("1", EVIL), (((0.5, EVIL), None),))),
    "sankey": sankey_svg(sankey(NODES, LINKS, "(other)")),
}
NONE = {
    "bars": bars_svg(Bars("b", ("x",), ())),
    "funnel": funnel_svg((FunnelBar("a", 0, 0),)),
    "matrix": matrix_svg(Matrix("m", (), (), ())),
    "sankey": sankey_svg(sankey((), (), "(other)")),
}


@pytest.mark.parametrize("drawn", FULL.values(), ids=FULL)
def test_a_file_is_whole_and_holds_no_script(drawn):
    text = svg_file([("", drawn), ("second", drawn)])
    assert not list(ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}script"))  # noqa: S314 - our own text
    assert "<script" not in text
    assert "prefers-color-scheme: dark" in text


@pytest.mark.parametrize("drawn", NONE.values(), ids=NONE)
def test_where_there_is_nothing_a_text_says_so(drawn):
    assert "nothing to draw" in drawn
    assert "nothing to draw" in svg_file([("", drawn)])


def test_what_is_put_together_flows_as_before():
    nodes, links = folded(NODES, LINKS, "(other)", 1)
    assert {(one.column, one.name): (one.value, one.ends) for one in nodes} == {
        (1, "(other)"): (10, 1),
        (2, "(other)"): (9, 9),
    }
    assert links == (FlowLink(1, "(other)", "(other)", 9),)


def test_bars_of_one_series_say_above_what_they_count():
    one = bars_svg(Bars("Customers by stage", ("x",), (("new", (1.0,)),)))
    assert 'class="kw-title">Customers by stage</text>' in one
    assert "kw-title" not in bars_svg(Bars("Credits", ("first", "last"), (("web", (1.0, 2.0)),)))


def test_heads_lean_where_one_is_wider_than_its_column_and_are_whole():
    names = ("Payment Info Entered", "Checkout Started", "Order Completed")
    cells = tuple(((0.5, "50%"),) * 3 for _ in names)
    leaning = matrix_svg(Matrix("m", names, names, cells))
    assert leaning.count("rotate(-38") == 3
    assert all(f"</title>{name}</text>" in leaning for name in names)
    assert "rotate" not in matrix_svg(Matrix("m", ("a",), ("1", "2", "3"), cells[:1]))
