"""How well people agree with each other, and machines with people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from knotwork_graph.desk import Opinion

ACCEPT, REJECT, LEAVE = "accept", "reject", "leave"


@dataclass(frozen=True, slots=True)
class Precision:
    """How often people agreed with one source on one kind of case: ``accepted`` of ``accepted + rejected``."""

    source: str
    kind: str
    accepted: int
    rejected: int
    left: int

    @property
    def share(self) -> float | None:
        """The precision, None where nobody said yes or no."""
        told = self.accepted + self.rejected
        return self.accepted / told if told else None


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two answers on the same cases: agreement beyond chance, 1 for always, 0 for chance.

    None without cases, or where both always say the same one word, so that chance agrees always.
    (Cohen, 1960: (observed - expected) / (1 - expected).)

    >>> kappa([("accept", "accept"), ("reject", "reject"), ("accept", "reject"), ("reject", "reject")])
    0.5
    """
    if not pairs:
        return None
    observed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(first[word] * second[word] for word in first) / len(pairs) ** 2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def double_looks(opinions: Iterable[Opinion]) -> list[tuple[str, str]]:
    """The first two answers of different people on each case that two have looked at; ``opinions`` by case and time."""
    found = []
    for _, some in groupby(opinions, key=lambda one: one.case):
        answers = [one.answer for one in some]
        if len(answers) > 1:
            found.append((answers[0], answers[1]))
    return found


def precision(opinions: Iterable[Opinion]) -> tuple[Precision, ...]:
    """For each source and kind how often the first person to look agreed; ``opinions`` by case and time."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for _, some in groupby(opinions, key=lambda one: one.case):
        first = next(some)
        counted.setdefault((first.source, first.kind), Counter())[first.answer] += 1
    return tuple(
        Precision(source, kind, count[ACCEPT], count[REJECT], count[LEAVE])
        for (source, kind), count in sorted(counted.items())
    )
