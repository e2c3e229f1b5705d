"""Two workspaces that are told the same: one keeps its graph in SQLite, the other in Neo4j."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import knotwork
from knotwork.workspace.layout import Layout

POLICY = """
[resolution]
max_cluster_size = 8
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
priority = 2
normaliser = "email"
max_per_customer = 2
[identifiers.phone]
normaliser = "phone"
shared_above = {{ user_id = 3, "trait:family_name" = 2 }}
[graph]
url = "{url}"
"""
TYPES = ("cookie", "email", "phone", "user_id")


@dataclass(frozen=True, slots=True)
class Shop:
    """One workspace and the name of its store."""

    kind: str
    kw: knotwork.Workspace

    def told(self, what: str, folder: Path) -> list[dict[str, Any]]:
        """The rows of an export."""
        path = folder / f"{self.kind}-{what}.parquet"
        self.kw.export(what, "parquet", path)
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows


def made(folder: Path, url: str = "sqlite") -> knotwork.Workspace:
    """A new workspace whose graph is at ``url``."""
    knotwork.init(folder)
    Layout(folder).policy.write_text(POLICY.format(url=url), encoding="utf-8")
    return knotwork.open(folder)


def write(path: Path, events: Sequence[dict[str, Any]]) -> Path:
    """Events as a file."""
    path.write_text("\n".join(json.dumps(event) for event in events), encoding="utf-8")
    return path


def happenings(seed: int, batches: int = 4, most: int = 14) -> Iterator[list[dict[str, Any]]]:
    """Random events over few identifiers, so that customers are made, joined, and parted again."""
    draw = random.Random(seed)  # noqa: S311 - a test's own dice
    for batch in range(batches):
        yield [event(draw, f"{batch}-{number}", batch) for number in range(draw.randint(1, most))]


def event(draw: random.Random, name: str, day: int) -> dict[str, Any]:
    """One event: one to three identifiers, sometimes vouched for, sometimes with a name."""
    borne = {kind: value(draw, kind) for kind in draw.sample(TYPES, draw.choice((1, 2, 2, 3)))}
    made = {
        "source": draw.choice(("web", "app", "till")),
        "message_id": name,
        "timestamp": f"2026-03-{day + 1:02d}T{draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}:00+07:00",
        "event": "Seen",
        "identifiers": borne,
    }
    if draw.random() < 0.3:
        made["vouched"] = draw.sample(sorted(borne), 1)
    if draw.random() < 0.5:
        made["traits"] = {"family_name": draw.choice(("Lan", "Minh", "Thu"))}
    return made


def value(draw: random.Random, kind: str) -> str:
    """A value of a type; few enough that they meet again."""
    number = draw.randint(1, 9)
    shapes = {
        "cookie": f"c-{number}",
        "email": f"p{number}@x.vn",
        "phone": f"090123456{number}",
        "user_id": f"u{number}",
    }
    return shapes[kind]
