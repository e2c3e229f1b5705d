"""The twenty examples of the page are answered, and the schema keeps what it promised."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema
from graphql.utilities import find_breaking_changes

import knotwork
import knotwork.graphql
from knotwork.graphql.schema import schema
from knotwork.http.app import create_app
from tests.unit.web.conftest import TOKEN, Visitor

PAGE = (Path(__file__).parents[3] / "docs" / "graphql.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^([^\n]+)\n```graphql\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
PROMISED = Path(__file__).with_name("promised.graphql")
POLICY = "[identifiers.email]\nnormaliser = 'email'\n"
WAY = ("Page Viewed", "Product Added", "Order Completed")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lan on two cookies, of which one is known to be hers; two runs; one decision."""
    folder = tmp_path_factory.mktemp("documented")
    knotwork.init(folder / "ws")
    (folder / "ws" / "knotwork.toml").write_text(POLICY)
    lines = [
        {
            "source": "web",
            "message_id": f"m-{cookie}-{place}",
            "timestamp": f"2026-03-0{1 + place}T09:00:00Z",
            "channel": "web",
            "event": event,
            "identifiers": {"cookie": cookie, **({"email": "lan@example.com"} if cookie == "c-81" else {})},
            "properties": {"revenue": 250000, "currency": "VND", "campaign": "tet"},
        }
        for cookie in ("c-81", "c-90", "c-91")
        for place, event in enumerate(WAY)
    ]
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with knotwork.open(folder / "ws") as kw:
        kw.load(folder / "events.jsonl")
        kw.resolve()
        kw.decide("must-link", "cookie:c-90", "cookie:c-91", reason="one household computer", by="mai")
        kw.resolve()
    return folder / "ws"


@pytest.mark.parametrize(("said", "example"), EXAMPLES, ids=[said[:40] for said, _ in EXAMPLES])
def test_the_example_is_answered(made: Path, said: str, example: str) -> None:
    role = "admin" if "administrator" in said else "steward"
    with knotwork.open(made) as kw:
        app = create_app(kw, token=TOKEN, role=role)
        answer: dict[str, Any] = Visitor(app, headers={"authorization": f"Bearer {TOKEN}"}).graphql(example)
    assert "errors" not in answer, answer
    assert None not in answer["data"].values()


def test_there_are_twenty() -> None:
    assert len(EXAMPLES) == 20


def test_nothing_that_was_promised_is_broken() -> None:
    """What clients rely on stands in ``promised.graphql``. Adding is free; taking away is a new major version."""
    promised = build_schema(PROMISED.read_text(encoding="utf-8"))
    now = build_schema(schema().as_str())
    assert [one.description for one in find_breaking_changes(promised, now)] == []


def test_every_type_field_and_argument_says_what_it_means() -> None:
    silent = []
    for name, kind in schema()._schema.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        silent += [] if kind.description else [name]
        for field, one in (getattr(kind, "fields", None) or {}).items():
            silent += [] if one.description else [f"{name}.{field}"]
            silent += [
                f"{name}.{field}({each})" for each, own in getattr(one, "args", {}).items() if not own.description
            ]
        silent += [
            f"{name}.{each}" for each, own in (getattr(kind, "values", None) or {}).items() if not own.description
        ]
    assert silent == []


def test_the_schema_file_is_the_schema() -> None:
    file = Path(knotwork.graphql.__file__).with_name("schema.graphql")
    assert file.read_text(encoding="utf-8") == schema().as_str() + "\n"
