"""Every Cypher recipe of the documentation runs, and finds what it says it finds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.neo4j.shops import made, write
from tests.neo4j_server.emptying import driver

pytestmark = pytest.mark.neo4j

PAGE = Path(__file__).resolve().parents[3] / "docs" / "neo4j.md"
RECIPES = re.findall(r"^([^\n]+)\n```cypher\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def seen(number: int, **identifiers: str) -> dict[str, Any]:
    """One event."""
    at = f"2026-03-01T09:30:{number:02d}+07:00"
    return {"source": "web", "message_id": f"m-{number}", "timestamp": at, "event": "Seen", "identifiers": identifiers}


def folder_of_events(folder: Path) -> Iterator[Path]:
    """Two customers that become one; a phone that four people share; a link that would put two users into one."""
    lan = {"email": "lan@example.com"}
    first = [seen(1, cookie="c-81", user_id="u1"), seen(2, **lan), seen(3, cookie="c-9", user_id="u2")]
    shared = [seen(10 + n, phone="0901234567", user_id=f"u{n}") for n in (3, 4, 5, 6)]
    yield write(folder / "1.jsonl", [*first, *shared])
    yield write(folder / "2.jsonl", [seen(20, cookie="c-81", **lan), seen(21, cookie="c-9", user_id="u1")])


@pytest.fixture
def answers(tmp_path: Path, neo4j_server: str, as_tester: None) -> Iterator[Any]:
    """Asks a query of a small shop."""
    kw = made(tmp_path / "shop", neo4j_server)
    for path in folder_of_events(tmp_path):
        kw.load(path)
        kw.resolve()
    kw.close()
    with driver(neo4j_server) as one:
        yield lambda query: [dict(record) for record in one.execute_query(query).records]


def test_recipes_answer_what_they_promise(answers):
    found = {title: answers(query) for title, query in RECIPES}
    assert len(found) == len(RECIPES) >= 10
    held, picture, way, largest, cut, nobody, led, past, crowd, recent, runs = found.values()
    assert {"cookie:c-81", "email:lan@example.com", "user_id:u1"} <= {row["i.key"] for row in held}
    assert picture
    assert way == [{"keys": ["email:lan@example.com", "cookie:c-81"], "steps": 1}]
    assert largest[0] == {"c.id": held[0]["c.id"], "identifiers": len(held)}
    assert [row["s.rule"] for row in cut] == ["max_per_customer.user_id"]
    assert [row["i.key"] for row in nobody] == ["phone:+84901234567"]
    assert len(led) == 1
    assert [row["m.from_run"] for row in past] == [1, 2]
    assert all(row["published"] is not None for row in past)
    assert crowd[0]["others"] == 4
    assert recent == []
    assert [json.loads(row["r.counts"])["events"] for row in runs] == [9, 7]
