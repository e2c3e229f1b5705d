"""The waterfall of a pair and the chart of thresholds: every figure is drawn, and nothing unescaped."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from knotwork_visualise.charts.lines_svg import Lines, lines_svg
from knotwork_visualise.charts.sheet import svg_file
from knotwork_visualise.charts.waterfall_svg import Fall, waterfall_svg

SVG = "{http://www.w3.org/2000/svg}"
FALL = Fall("evidence", (("any two", -10.0), ("name: the same", 8.0), ("<phone>", 6.0)), "total")


def bars(picture: str) -> list[dict[str, float]]:
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    return [{name: float(one.get(name, 0)) for name in ("x", "width", "y")} for one in root.iter(f"{SVG}rect")]


def test_each_bar_begins_where_the_last_one_ended() -> None:
    drawn = bars(str(waterfall_svg(FALL)))
    assert len(drawn) == 4
    first, second, third, total = drawn
    assert second["x"] == pytest.approx(first["x"])
    assert third["x"] == pytest.approx(second["x"] + second["width"])
    assert total["x"] == pytest.approx(first["x"] + first["width"]), "the total begins at zero"
    assert total["x"] + total["width"] == pytest.approx(third["x"] + third["width"])


def test_every_figure_and_name_stands_there_escaped() -> None:
    picture = str(waterfall_svg(FALL))
    assert [one for one in ("-10.00", "+8.00", "+6.00", "+4.00") if one not in picture] == []
    assert "<phone>" not in picture
    assert "&lt;phone&gt;" in picture


def test_nothing_to_draw_is_said() -> None:
    assert "svg" not in str(waterfall_svg(Fall("evidence", (), "total")))
    assert "svg" not in str(lines_svg(Lines("chart", "threshold", (("precision", ()),))))


def test_lines_keep_within_the_chart_and_tell_their_points() -> None:
    lines = Lines(
        "chart", "threshold", (("precision", ((0.0, 0.5), (1.0, 1.0))), ("recall", ((0.0, 1.4), (2.0, -1.0))))
    )
    picture = str(lines_svg(lines))
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    width, height = (float(one) for one in re.findall(r'viewBox="0 0 (\d+) (\d+)"', picture)[0])
    dots = [(float(one.get("cx", -1)), float(one.get("cy", -1))) for one in root.iter(f"{SVG}circle")]
    assert len(dots) == 4
    assert all(0 <= x <= width and 0 <= y <= height for x, y in dots)
    assert "precision at 0: 50.0%" in picture


def test_they_stand_alone_as_files() -> None:
    ElementTree.fromstring(svg_file([("a pair", waterfall_svg(FALL))]))  # noqa: S314 - our own picture
