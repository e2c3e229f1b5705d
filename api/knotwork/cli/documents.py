"""The one JSON document that ``--format json`` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """``value`` in JSON's own types: dataclasses as objects, times as UTC text, sequences as lists.

    >>> plain(datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    '2026-03-01T09:30:00Z'
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return scalar(value)


def scalar(value: Any) -> Any:
    """One value that holds no others, as JSON has it; what JSON does not know becomes its text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | Path):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def document(value: Any) -> str:
    """``value`` as one indented JSON document, with letters left readable."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2)
