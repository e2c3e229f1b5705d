"""What becomes of cases when a run has looked again: the same finding is the same case, whatever it was called before.

A finding without a case opens one. An open case is brought up to date. One that closed itself opens again. One that a
person settled stays settled, unless something speaks for it that did not when they looked. An open case that nothing
speaks for any more closes itself, and says so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log2
from types import MappingProxyType
from typing import Any

from knotwork_graph.desk import schema
from knotwork_graph.desk.case import Finding
from knotwork_graph.desk.rows import slots
from knotwork_graph.model import to_micros

MANY = 500
LEAST_HARM = 1e-6
GONE = "its evidence is gone"
MACHINE = "knotwork"
SEEN, UPTO = "seen_run", "seen_events"


@dataclass(frozen=True, slots=True)
class Taken:
    """How many cases were opened, opened again, closed by themselves, and left standing."""

    opened: int = 0
    again: int = 0
    closed: int = 0
    standing: int = 0


@dataclass(frozen=True, slots=True)
class Takes:
    """How findings are taken: after ``run`` and the place ``upto`` in what came since; harm doubles in ``age``.

    ``figures`` are kept with them under names of their own. ``looked`` says of a case (its source and keys) whether it
    was looked for, so that it closes where it was not found; only of cases that have one of the keys ``about`` (None:
    of all).
    """

    run: int
    upto: int
    age: timedelta
    looked: Callable[[str, str, str], bool]
    figures: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    about: frozenset[str] | None = None

    def apply(self, file: sqlite3.Connection, findings: Sequence[Finding], now: datetime) -> Taken:
        """Write what is new within the caller's transaction; O(findings + open cases ``about`` something)."""
        known = dict(_known(file, [one.key for one in findings]))
        fresh = [one for one in findings if one.key not in known]
        file.executemany(schema.NEW, [self._new(one, now) for one in fresh])
        self._refresh(file, [(one, known[one.key]) for one in findings if one.key in known])
        again = [known[one.key].number for one in findings if one.key in known and known[one.key].opens_for(one)]
        _move(file, again, "open", "found again", now)
        gone = self._gone(file, {one.key for one in findings})
        _move(file, gone, "closed", f"{GONE} (run {self.run})", now)
        file.executemany(schema.SET, [(SEEN, self.run), (UPTO, self.upto), *self.figures.items()])
        return Taken(len(fresh), len(again), len(gone), len(findings) - len(fresh) - len(again))

    def _gone(self, file: sqlite3.Connection, found: set[str]) -> list[int]:
        rows = self._standing(file)
        return [number for number, key, source, a, b in rows if key not in found and self.looked(source, a, b)]

    def _standing(self, file: sqlite3.Connection) -> list[tuple[int, str, str, str, str]]:
        """The open cases that may close."""
        if self.about is None:
            return file.execute(schema.STANDING).fetchall()
        return file.execute(schema.STANDING_AMONG, (json.dumps(sorted(self.about)),)).fetchall()

    def _rank(self, one: Finding, opened: int) -> float:
        """Harm with the age in it: what was opened ``age`` earlier counts twice as much, whenever one asks."""
        return log2(max(one.harm, LEAST_HARM)) - opened / (self.age / timedelta(microseconds=1))

    def _new(self, one: Finding, now: datetime) -> tuple[Any, ...]:
        at = to_micros(now)
        a, b = (*one.about, "")[:2]
        grounds = " ".join(one.grounds)
        return one.key, one.kind, a, b, one.source, grounds, *_figures(one), self._rank(one, at), at, at

    def _refresh(self, file: sqlite3.Connection, pairs: Sequence[tuple[Finding, _Known]]) -> None:
        changed = [(one, case) for one, case in pairs if case.differs(one)]
        file.executemany(
            schema.REFRESH,
            [
                (" ".join(one.grounds), *_figures(one), self._rank(one, case.opened), case.number)
                for one, case in changed
            ],
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the case of a finding."""

    number: int
    state: str
    grounds: str
    settled: str
    opened: int
    score: float
    detail: str
    harm: float

    def opens_for(self, one: Finding) -> bool:
        """Whether the case, which is not open, opens for a finding."""
        if self.state == "closed":
            return True
        return self.state in ("decided", "left") and not set(one.grounds) <= set(self.settled.split())

    def differs(self, one: Finding) -> bool:
        """Whether the case says something else than the finding."""
        return (self.grounds, self.score, self.detail, self.harm) != (
            " ".join(one.grounds),
            one.score,
            one.detail,
            one.harm,
        )


def _known(file: sqlite3.Connection, keys: Sequence[str]) -> Iterator[tuple[str, _Known]]:
    for start in range(0, len(keys), MANY):
        some = keys[start : start + MANY]
        rows = file.execute(schema.KNOWN.format(slots=slots(some)), some).fetchall()
        for number, key, state, grounds, settled, opened, _source, score, detail, harm in rows:
            yield key, _Known(number, state, grounds, settled, opened, score, detail, harm)


def _figures(one: Finding) -> tuple[Any, ...]:
    customers = json.dumps(list(one.customers))
    return one.score, one.detail, customers, one.identifiers, one.events, one.orders, one.last_seen, one.harm


def _move(file: sqlite3.Connection, numbers: Sequence[int], state: str, because: str, now: datetime) -> None:
    at = to_micros(now)
    bound = {"state": state, "now": at, "who": "", "answer": "", "decisions": "[]", "settle": 0}
    told = because if state == "closed" else ""
    file.executemany(schema.MOVE, [bound | {"number": one, "because": told} for one in numbers])
    file.executemany(schema.NOTE, [(one, at, MACHINE, state, because) for one in numbers])
