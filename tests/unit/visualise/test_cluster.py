from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from knotwork_graph.model import IdentifierView
from knotwork_visualise import cluster_figure, cluster_html, scene
from knotwork_visualise.cluster_svg import cluster_svg
from knotwork_visualise.container import network, picture_data, script_json
from knotwork_visualise.svg import tag

HOSTILE = ("</script><script>alert(1)", "<!--", "]]>", "\u2028", "\"'><img src=x onerror=alert(1)>", "&lt;b&gt;")


@pytest.mark.parametrize("text", HOSTILE)
def test_json_in_a_script_holds_no_sign_of_html_and_reads_back(text: str) -> None:
    written = str(script_json({"title": text}))
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == {"title": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_escaped_in_svg(text: str) -> None:
    made = str(tag("text", text, title=text))
    assert re.sub(r"^<text title=\"[^\"<>]*\">|</text>$", "", made).count("<") == 0


def tags(html: str) -> list[str]:
    """The elements of a page in order; a mark's shape depends on its type's name, and is left out."""
    return [name for name in re.findall(r"<(\w+)", html) if name not in ("circle", "rect", "polygon")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_label_and_title_cannot_leave_their_place(text: str) -> None:
    views = (IdentifierView("cookie", f"x{text}", reason=text), IdentifierView(text, "b"))
    html = cluster_html(scene(views, ()), text)
    plain = cluster_html(scene((IdentifierView("cookie", "a"), IdentifierView("x", "b")), ()), "plain")
    assert tags(html) == tags(plain)


def test_file_names_no_address_and_its_policy_allows_exactly_its_own_scripts(cluster: Callable[..., object]) -> None:
    html = cluster_html(scene(*cluster(4, [(0, 1), (1, 2), (2, 3)])), "Lan")
    assert not re.findall(r"<(?:link|img|iframe|script)[^>]+(?:src|href)=", html)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", html, re.S)
    hashes = [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts]
    assert len(scripts) == 2
    assert f"script-src {' '.join(hashes)};" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


@pytest.mark.parametrize(("language", "word"), [("en", "As a table"), ("vi", "Xem dạng bảng")])
def test_file_speaks_the_language_of_its_scene(cluster: Callable[..., object], language: str, word: str) -> None:
    html = cluster_html(scene(*cluster(2, [(0, 1)]), language=language), "x")
    assert f'<html lang="{language}">' in html
    assert word in html


def test_table_twin_holds_every_node_and_line(cluster: Callable[..., object]) -> None:
    views, edges = cluster(5, [(0, 1), (1, 2), (2, 3), (3, 4)])
    figure = str(cluster_figure(scene(views, edges)))
    table = figure[figure.index("<details") : figure.index("</details>")]
    assert all(view.value in table for view in views)
    assert table.count("<tr>") == 2 + len(views) + len(edges)


def test_page_that_lists_identifiers_itself_gets_links_only(cluster: Callable[..., object]) -> None:
    figure = str(cluster_figure(scene(*cluster(3, [(0, 1), (1, 2)])), identifiers=False))
    assert figure[figure.index("<details") : figure.index("</details>")].count("<tr>") == 1 + 2


def test_pyvis_holds_the_scene_directed_without_physics_and_with_places(cluster: Callable[..., object]) -> None:
    drawn = scene(*cluster(3, [(0, 1), (1, 2)]))
    net = network(drawn)
    assert net.directed
    assert [(node["x"], node["y"]) for node in net.nodes] == [(node.x, node.y) for node in drawn.nodes]
    assert picture_data(drawn)["options"]["physics"] == {"enabled": False}
    assert (
        picture_data(drawn)["options"]["nodes"]["scaling"]["label"]["drawThreshold"] > 5
    )  # letters of 5 px are a blur


def test_svg_draws_a_mark_and_a_label_for_each_node(cluster: Callable[..., object]) -> None:
    views, edges = cluster(4, [(0, 1), (1, 2), (2, 3)])
    svg = str(cluster_svg(scene(tuple(replace(view, type="email") for view in views), ())))
    assert svg.count("<circle") == 4
    assert svg.count("<text") == 4
    assert str(cluster_svg(scene(views, edges))).count("<line") == 3
