"""Events of a batch to rows of facts, each as loading would have it, or refused for loading's own reason."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any
from uuid import UUID

from knotwork_resolvers.collecting.quick import quick_row
from knotwork_resolvers.loading.block import KEPT, LONGEST_LINE, Block, Refusal, kept
from knotwork_resolvers.loading.check import Checker
from knotwork_resolvers.loading.lines import NOT_UTF8, TOO_LONG

NOT_SAID_IN_JSON = "event holds a value that JSON cannot say"

Event = Mapping[str, Any] | str | bytes
Row = dict[str, Any]


class FewChecker:
    """Checks batches of some events. The engine starts with the first doubtful one, and stays until ``close``."""

    def __init__(self) -> None:
        self._engine = ExitStack()
        self._checker: Checker | None = None

    def __call__(self, file: str, events: Sequence[Event]) -> list[Row | Refusal | None]:
        """For each event its row (the columns ``GIVEN``), or why it is refused, or None for text of blanks alone.

        Some 30 microseconds for a plain event; doubtful ones cost some ten milliseconds together.
        """
        texts = [text_of(event, place) for place, event in enumerate(events, 1)]
        found = [quick_row(text) if isinstance(text, str) else text for text in texts]
        doubtful = [place for place, row in enumerate(found) if row is None]
        for place, row in self._closely(file, doubtful, texts):
            found[place] = row
        return found

    def close(self) -> None:
        """Give the engine back; it starts again when it is needed again."""
        self._engine.close()
        self._checker = None

    def _closely(self, file: str, doubtful: Sequence[int], texts: Sequence[Any]) -> Iterator[tuple[int, Row | Refusal]]:
        """Place and outcome of each doubtful text that is not blank, by the check that files go through."""
        import numpy as np
        import pyarrow as pa

        if not doubtful:
            return
        lines = pa.array([texts[place] for place in doubtful], pa.large_string())
        checked = self._check(Block(file, lines, np.array(doubtful, np.int64) + 1))
        for row in checked.events.to_pylist():
            yield doubtful[row.pop("row")], row
        for refusal in checked.refused:
            yield refusal.line - 1, refusal

    def _check(self, block: Block) -> Any:
        import duckdb

        if self._checker is None:
            self._checker = Checker(self._engine.enter_context(duckdb.connect()))
        return self._checker(block)


def text_of(event: Event, place: int) -> str | Refusal:
    """The event as JSON text, or why it has none."""
    try:
        text = _decoded(event) if isinstance(event, bytes | str) else _written(event)
        return _too_long(place, text) if len(text.encode()) >= LONGEST_LINE else text
    except UnicodeDecodeError:
        return Refusal(place, NOT_UTF8, NOT_UTF8, kept(bytes(event)))  # type: ignore[arg-type]  # only bytes are decoded
    except (TypeError, ValueError, RecursionError):
        return Refusal(place, NOT_SAID_IN_JSON, NOT_SAID_IN_JSON, repr(event))


def _too_long(place: int, text: str) -> Refusal:
    return Refusal(place, TOO_LONG, TOO_LONG, text[:KEPT])


def _decoded(event: bytes | str) -> str:
    return event.decode() if isinstance(event, bytes) else _encodable(event)


def _written(event: Mapping[str, Any]) -> str:
    text = _WRITER.encode(event)
    return text if text.isascii() else _encodable(text)


def _encodable(text: str) -> str:
    """``text``; what is half a character in it becomes an escape, which the check refuses with its reason."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(f"\\u{ord(one):04x}" if "\ud800" <= one <= "\udfff" else one for one in text)
    return text


def _said(value: object) -> Any:
    """A value that JSON has no word for, as people write it there."""
    if isinstance(value, date):  # a time of day with its date is one, too
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


_WRITER = json.JSONEncoder(ensure_ascii=False, default=_said)
