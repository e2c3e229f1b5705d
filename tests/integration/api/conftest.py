"""A real workspace with people whose values must not leak, and callers of every role."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import knotwork
from knotwork.http.app import create_app
from knotwork.http.entrance import access_of
from tests.unit.web.conftest import TOKEN, Visitor

POLICY = """
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
normaliser = "email"
[identifiers.phone]
normaliser = "phone"
[segments.reachable]
all = [{ identifier = "email" }]
"""
SECRETS = ("lan.nguyen@example.com", "lan.nguyen", "901234521", "Nguyễn Thị Lan", "Trần Văn Hùng", "her sister told me")
LAN, PHONE = "email:lan.nguyen@example.com", "phone:+84901234521"


def events() -> Iterator[dict[str, Any]]:
    """Lan, with mail, phone and name; Hùng, on the same cookie; twenty others."""
    lan = {"user_id": "1", "email": "lan.nguyen@example.com", "cookie": "c-1"}
    said = {"name": "Nguyễn Thị Lan", "birth_date": "1990-03-14"}
    whom = [(lan, said)] * 3 + [({"user_id": "1", "phone": "0901234521", "cookie": "c-1"}, {})] * 2
    whom += [({"user_id": "2", "cookie": "c-1"}, {"name": "Trần Văn Hùng"})]
    whom += [({"user_id": f"u{place}", "cookie": f"d-{place}"}, {}) for place in range(20)]
    for place, (identifiers, traits) in enumerate(whom):
        yield {
            "source": "web",
            "message_id": f"m-{place} lan.nguyen@example.com",
            "timestamp": f"2026-03-{1 + place:02}T09:00:00Z",
            "channel": "web",
            "event": ("Page Viewed", "Product Added", "Order Completed")[place % 3],
            "identifiers": identifiers,
            "traits": traits,
            "properties": {"revenue": 5, "currency": "VND", "note": "for Nguyễn Thị Lan, 0901234521"},
        }


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api")
    knotwork.init(folder / "ws")
    (folder / "ws" / "knotwork.toml").write_text(POLICY)
    (folder / "events.jsonl").write_text("\n".join(json.dumps(one) for one in events()))
    with knotwork.open(folder / "ws") as kw:
        kw.load(folder / "events.jsonl")
        kw.resolve()
        kw.decide("block", "cookie:d-1", reason="her sister told me", by="mai", comment="lan.nguyen@example.com")
        kw.resolve()
    return folder / "ws"


@pytest.fixture
def kw(made: Path, tmp_path: Path) -> Iterator[Any]:
    shutil.copytree(made, tmp_path / "ws")
    with knotwork.open(tmp_path / "ws") as opened:
        yield opened


@pytest.fixture
def app(kw: Any) -> Any:
    return create_app(kw, token=TOKEN, access=access_of(kw))


@pytest.fixture
def as_role(kw: Any, app: Any) -> Callable[[str], Visitor]:
    """A program with a token of a role."""

    def made_for(role: str) -> Visitor:
        _, text = kw.tokens.create(f"a {role}", role, by="mai")
        return Visitor(app, headers={"authorization": f"Bearer {text}"})

    return made_for
