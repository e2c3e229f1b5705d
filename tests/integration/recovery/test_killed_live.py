"""Live collecting killed at random moments: customers and journeys are those of a full run over the same events."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from knotwork.workspace import Workspace
from tests.integration.recovery.killing import Shop, killed_child, published
from tests.integration.recovery.live_child import visit

pytestmark = pytest.mark.slow

CHILD = "tests.integration.recovery.live_child"
KILLS = 6
LOADED = 300
SEED = 20260302


def load(workspace: Workspace, folder: Path, numbers: range) -> None:
    """Load visits from a file and resolve everything."""
    path = folder / f"visits-{numbers.start}.jsonl"
    path.write_text("".join(json.dumps(visit(number)) + "\n" for number in numbers), encoding="utf-8")
    workspace.load(path)
    workspace.resolve(full=True)


def owners(workspace: Workspace, folder: Path) -> dict[str, tuple[frozenset[str], str]]:
    """For each event the identifiers of its customer, none for nobody, and why it is theirs."""
    out = folder / "events.jsonl"
    workspace.export("events", "jsonl", out)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    held = {one.id: frozenset(each.key for each in one.identifiers) for one in workspace.customers(1000)[0]}
    return {row["message_id"]: (held.get(row["customer_id"] or "", frozenset()), row["reason"]) for row in rows}


def test_kills_between_collecting_and_publishing_leave_what_a_full_run_finds(tmp_path: Path) -> None:
    chance = Random(SEED)  # noqa: S311 - moments to die at, not secrets
    shop, calm = Shop.made(tmp_path / "shop"), Shop.made(tmp_path / "calm")
    with shop.open() as workspace:
        load(workspace, tmp_path, range(LOADED))
    taken = LOADED
    for _ in range(KILLS):
        acknowledged = killed_child(
            "tests.integration.recovery.live_child", shop.folder, taken, chance.randrange(2, 6), chance.random() / 30
        )
        taken = shop.events()
        assert taken >= acknowledged
    with shop.open() as workspace:
        workspace.collect([visit(taken)])
        found, told = published(workspace)[1], owners(workspace, tmp_path)
    assert shop.ill() == []
    with calm.open() as workspace:
        load(workspace, tmp_path, range(taken + 1))
        assert found == published(workspace)[1]
        assert told == owners(workspace, tmp_path)
