"""Events for the tests of loading, and lines of them."""

from __future__ import annotations

import json
from typing import Any


def an_event(message_id: object = "m-1", **changes: object) -> dict[str, Any]:
    """An event with what is required; ``changes`` replace keys, and None takes one away."""
    event = {
        "source": "web",
        "message_id": message_id,
        "timestamp": "2026-03-01T09:30:00+07:00",
        "identifiers": {"email": "lan@example.com"},
    }
    return {key: value for key, value in (event | changes).items() if value is not None}


def as_line(event: object) -> str:
    return json.dumps(event, ensure_ascii=False)


def as_bytes(line: object) -> bytes:
    """A line of bytes as it is, of text, or of a value to be written as JSON."""
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else as_line(line)).encode()
