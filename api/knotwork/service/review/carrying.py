"""Words of decisions as text, so that they can wait for a second person in the desk's file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from knotwork.service.decisions import Word
from knotwork_graph.model import DecisionKind


@dataclass(frozen=True, slots=True)
class Carried:
    """What is to be recorded: new decisions, decisions to be taken back, and the texts that go with them."""

    words: tuple[Word, ...] = ()
    undoes: tuple[int, ...] = ()
    reason: str = ""
    comment: str = ""
    code: str = ""

    def says_as(self, other: Carried) -> bool:
        """Whether both would record and take back the same, whatever reasons they give."""
        return set(self.words) == set(other.words) and set(self.undoes) == set(other.undoes)


def as_text(one: Carried) -> str:
    """The words as JSON."""
    words = [[str(word.kind), word.a, word.b] for word in one.words]
    return json.dumps(
        {
            "words": words,
            "undoes": list(one.undoes),
            "reason": one.reason,
            "comment": one.comment,
            "code": one.code,
        },
        ensure_ascii=False,
    )


def from_text(text: str) -> Carried:
    """What ``as_text`` wrote."""
    found = json.loads(text)
    words: Sequence[tuple[str, str, str | None]] = found["words"]
    return Carried(
        tuple(Word(DecisionKind(kind), a, b) for kind, a, b in words),
        tuple(found["undoes"]),
        found["reason"],
        found["comment"],
        found["code"],
    )
