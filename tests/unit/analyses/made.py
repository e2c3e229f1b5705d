"""Small populations as a generation has them: whose event, when, and what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from knotwork_graph.model.times import EPOCH
from knotwork_resolvers.analyses import EventLog, Scope, ask, people_behind, population_in

PAIR = pa.struct([("type", pa.string()), ("value", pa.string())])
SCHEMA = pa.schema(
    [
        ("customer", pa.int64()),
        ("timestamp", pa.timestamp("us")),
        ("source", pa.string()),
        ("message_id", pa.string()),
        ("channel", pa.string()),
        ("event", pa.string()),
        ("identifiers", pa.list_(PAIR)),
        ("vouched", pa.list_(pa.string())),
        ("traits", pa.string()),
        ("properties", pa.string()),
        ("consent", pa.string()),
        ("reason", pa.int8()),
    ]
)


@dataclass(frozen=True, slots=True)
class Did:
    """Customer ``who`` (0: nobody) did something so many minutes after 1970."""

    who: int
    minute: float
    event: str | None
    channel: str | None = None
    money: float | None = None
    currency: str = "USD"
    keys: tuple[str, ...] = ()
    source: str = "web"

    def row(self, number: int) -> dict[str, Any]:
        """The event as a row."""
        properties = None if self.money is None else json.dumps({"revenue": self.money, "currency": self.currency})
        return {
            "customer": self.who,
            "timestamp": moment(self.minute).replace(tzinfo=None),
            "source": self.source,
            "message_id": f"m-{number:06}",
            "channel": self.channel,
            "event": self.event,
            "identifiers": [dict(zip(("type", "value"), key.split(":"), strict=True)) for key in self.keys],
            "properties": properties,
            "reason": 1,
        }


def moment(minute: float) -> datetime:
    """The moment so many minutes after 1970 began."""
    return EPOCH + timedelta(minutes=minute)


def story(who: int, events: str, *, start: float = 0, pause: float = 1) -> list[Did]:
    """A customer who did these things, one letter each, one after another."""
    return [Did(who, start + pause * number, event) for number, event in enumerate(events)]


def write(folder: Path, told: Iterable[Did]) -> Path:
    """The events file of a generation that holds these events."""
    rows = [one.row(number) for number, one in enumerate(told)]
    rows.sort(key=lambda row: (row["customer"], row["timestamp"], row["source"], row["message_id"]))
    path = folder / f"events-{len(list(folder.iterdir()))}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path, row_group_size=64)
    return path


class Asked:
    """A log over made events, and questions to it."""

    def __init__(self, folder: Path, told: Iterable[Did], members: pa.Table | None = None) -> None:
        held = None if members is None else lambda: members
        self.log = EventLog(population_in(write(folder, told), held), folder)

    def __call__(self, kind: str, scope: Scope | None = None, **options: Any) -> Any:
        return ask(self.log, kind, scope or Scope(), options)

    def people(self, kind: str, *cell: object, **options: Any) -> list[int]:
        """The customers behind a number."""
        return people_behind(self.log, kind, [str(part) for part in cell], Scope(), options)
