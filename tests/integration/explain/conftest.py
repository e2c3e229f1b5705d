"""A made population in a workspace, and small workspaces of hand-made events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import knotwork
from knotwork import Workspace
from knotwork_seeds import Population, generate

LIMITED = """
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
normaliser = "email"
blocked = ["info@*"]
[identifiers.device]
shared_above = { user_id = 3 }
[identifiers.cookie]
ttl = "30d"
"""


CROWDED = """
[resolution]
max_cluster_size = 500
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
priority = 3
normaliser = "email"
provider_rules = false
max_per_customer = 5
blocked = ["info@*"]
shared_above = { user_id = 3, "trait:family_name" = 8 }
[identifiers.phone]
priority = 3
normaliser = "phone"
max_per_customer = 5
shared_above = { user_id = 3 }
[identifiers.device]
normaliser = "device"
trust = 0.7
ttl = "730d"
shared_above = { user_id = 4, phone = 6 }
[identifiers.cookie]
trust = 0.6
shared_above = { user_id = 4, phone = 6 }
"""


@pytest.fixture(scope="package")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Four hundred people under a policy with every guard, resolved."""
    folder = tmp_path_factory.mktemp("explain") / "crowd"
    generate(folder / "made", Population(people=400, months=12, seed=5), format="parquet")
    knotwork.init(folder)
    (folder / "knotwork.toml").write_text(CROWDED, encoding="utf-8")
    with knotwork.open(folder) as workspace:
        workspace.load(folder / "made" / "events")
        workspace.resolve()
        yield workspace


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Callable[..., Workspace]]:
    """Makes a resolved workspace: ``shop(policy, {"user_id": "1", "cookie": "c"}, ...)``, an event each, by day."""
    opened: list[Workspace] = []

    def make(policy: str, *events: dict[str, Any], resolve: bool = True) -> Workspace:
        folder = tmp_path / "shop"
        knotwork.init(folder)
        (folder / "knotwork.toml").write_text(policy, encoding="utf-8")
        lines = [json.dumps(event(number, *whole(one))) for number, one in enumerate(events, 1)]
        (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
        opened.append(knotwork.open(folder))
        opened[-1].load(folder / "events.jsonl")
        if resolve:
            opened[-1].resolve()
        return opened[-1]

    yield make
    for workspace in opened:
        workspace.close()


def whole(one: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The identifiers of an event, and what else it says (keys that begin with an underscore)."""
    identifiers = {name: value for name, value in one.items() if not name.startswith("_")}
    return identifiers, {name[1:]: value for name, value in one.items() if name.startswith("_")}


def event(number: int, identifiers: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    day = f"2026-03-{number:02}T09:00:00Z"
    return {
        "source": "web",
        "message_id": f"m-{number}",
        "timestamp": day,
        "event": "Seen",
        "identifiers": identifiers,
    } | more
