"""Events as the log is given them: a table for a segment, rows for the inbox."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pyarrow as pa

from knotwork_graph.facts.schema import schema


def key(source: str, message_id: str) -> int:
    """The key as anybody can compute it: the first 8 bytes of the md5, little end first."""
    digest = hashlib.md5(f"{source}\x1f{message_id}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "little")


def rows(*message_ids: str, day: int = 1) -> list[dict[str, Any]]:
    """Events of one source, a message id each, at noon of a day in March."""
    return [
        {
            "key": key("web", message_id),
            "source": "web",
            "message_id": message_id,
            "timestamp": datetime(2026, 3, day, 12),  # noqa: DTZ001 - the column holds UTC without saying so
            "identifiers": [{"type": "email", "value": message_id}],
        }
        for message_id in message_ids
    ]


def events(*message_ids: str, day: int = 1) -> pa.Table:
    """The same as a table for ``append``."""
    given = [name for name in schema().names if name not in {"event_id", "received_at"}]
    return pa.Table.from_pylist(rows(*message_ids, day=day), schema=pa.schema([schema().field(name) for name in given]))
