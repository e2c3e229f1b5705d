"""Masking answers: explanations, histories and decisions, in which keys stand alone and inside sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from knotwork.access.masks import Mask
from knotwork.access.roles import Sight
from knotwork.access.traits import HIDDEN
from knotwork_graph.model import Recorded

Answer = TypeVar("Answer")

KEYS = frozenset(
    "a asked b cut_identifiers cut_links examples identifiers key keys values".split()  # noqa: SIM905 - a list of words
)
"""The fields that hold keys. ``collided`` holds some with signs between."""

BETWEEN = re.compile(r" \| |, ")


def masked_answer(answer: Answer, mask: Mask) -> Answer:
    """``answer``, a value of ``explain`` or ``past``, with every key and every text in it as the mask's role sees it.

    Keys are known by their fields, so one inside a sentence is found whatever its type; O(texts x keys).
    """
    if mask.personal is Sight.CLEAR:
        return answer
    found = {key: mask.key(key) for key in _keys(answer, named=False) if ":" in key}
    result: Answer = _Masker(mask, found).value(answer)
    return result


def masked_record(record: Recorded, mask: Mask) -> Recorded:
    """A record of a decision; what a person wrote may name anybody, so it is hidden from whoever sees masks."""
    if mask.personal is Sight.CLEAR:
        return record
    return replace(
        record,
        a=mask.key(record.a) if record.a else "",
        b=mask.key(record.b) if record.b else "",
        reason=HIDDEN if record.reason else "",
        comment=HIDDEN if record.comment else "",
    )


@dataclass(frozen=True, slots=True)
class _Masker:
    mask: Mask
    keys: Mapping[str, str]

    def value(self, value: Any) -> Any:
        """Any value of an answer, masked all the way down."""
        if isinstance(value, Enum) or value is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(map(self.value, value))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{one.name: self.value(getattr(value, one.name)) for one in fields(value)})
        return value

    def text(self, text: str) -> str:
        """A text with every known key in it masked, the longest first, and then whatever else looks like a person."""
        if text in self.keys:
            return self.keys[text]
        longest = sorted((key for key in self.keys if key in text), key=len, reverse=True)
        if not longest:
            return self.mask.text(text)
        parts = re.split(f"({'|'.join(map(re.escape, longest))})", text)
        return "".join(self.keys[part] if part in self.keys else self.mask.text(part) for part in parts)


def _keys(value: Any, *, named: bool) -> Iterator[str]:
    """Every key that stands in a field for keys."""
    if isinstance(value, str):
        yield from (value,) if named and not isinstance(value, Enum) else ()
    elif isinstance(value, tuple):
        for one in value:
            yield from _keys(one, named=named)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            inner = getattr(value, each.name)
            yield from BETWEEN.split(inner) if each.name == "collided" else _keys(inner, named=each.name in KEYS)
