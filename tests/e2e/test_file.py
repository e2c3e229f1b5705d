"""The self-contained cluster file, opened from the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from knotwork_visualise import cluster_html, scene

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


def opened(visit: Visit, folder: Path, html: str) -> Any:
    path = folder / "cluster.html"
    path.write_text(html, encoding="utf-8")
    seen = visit(path.as_uri(), link=False)
    seen.page.wait_for_function("document.querySelector('.kw-drawn canvas')")
    return seen


def test_file_draws_and_asks_for_nothing_but_itself(visit: Visit, people: ModuleType, tmp_path: Path) -> None:
    cluster = people.made_up().cluster(people.LAN)
    seen = opened(
        visit, tmp_path, cluster_html(scene(cluster.identifiers, cluster.edges, language="vi"), "Nguyễn Thị Lan")
    )
    assert seen.page.locator("h1").inner_text() == "Nguyễn Thị Lan"
    assert seen.requests == [(tmp_path / "cluster.html").as_uri()]
    assert seen.problems == []


def test_hostile_strings_do_nothing_in_the_file(visit: Visit, people: ModuleType, tmp_path: Path) -> None:
    cluster = people.made_up().cluster(people.HOSTILE)
    title = "".join(people.HOSTILE_TEXTS)
    seen = opened(visit, tmp_path, cluster_html(scene(cluster.identifiers, cluster.edges), title))
    seen.page.locator(".kw-canvas").focus()
    for _ in range(6):
        seen.page.keyboard.press("ArrowRight")
    seen.page.locator(".kw-twin summary").click()
    assert seen.page.evaluate("window.hurt") is None
    assert seen.problems == []
    assert seen.requests == [(tmp_path / "cluster.html").as_uri()]
