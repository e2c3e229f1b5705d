"""The review desk on disk: a small SQLite file of its own, the same beside either store of the graph.

Every verb is one transaction, so that two people (or processes) who want the same thing take turns, and one of them is
told that the other was first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from knotwork_graph.desk import schema
from knotwork_graph.desk.case import Case, CaseState, Finding, Note, Opinion, Waiting
from knotwork_graph.desk.rows import case_of, slots, waiting_of
from knotwork_graph.desk.taking import Taken, Takes
from knotwork_graph.errors import CaseTakenError, UnknownCaseError
from knotwork_graph.facts.database import DURABLE, Database
from knotwork_graph.facts.disk import disk_errors
from knotwork_graph.model import from_micros, to_micros

MANY = 500


class Desk:
    """The desk in ``path``. Reading never makes the file."""

    def __init__(self, path: Path) -> None:
        self._file = Database(path, "single", schema.TABLES, (*DURABLE, "PRAGMA secure_delete = ON"))
        self._folder = path.parent

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with disk_errors(self._folder), self._file.writing() as connection:
            yield connection

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    # --- reading

    def queue(
        self,
        first: int,
        offset: int = 0,
        *,
        state: str = CaseState.OPEN,
        kind: str = "",
        source: str = "",
        score: float = 0.0,
        mine: str = "",
    ) -> tuple[Case, ...]:
        """The next ``first`` cases after ``offset``, the most harmful and longest waiting first; an index."""
        now = datetime.now(UTC)
        bound = {"state": state, "kind": kind, "source": source, "score": score, "mine": mine, "now": to_micros(now)}
        with self._file.reading() as file:
            rows = file.execute(schema.QUEUE, bound | {"first": first, "offset": offset}).fetchall() if file else []
        return tuple(case_of(row, now) for row in rows)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many cases there are, by (state, kind)."""
        with self._file.reading() as file:
            rows = file.execute(schema.COUNTS).fetchall() if file else []
        return {(state, kind): count for state, kind, count in rows}

    def case(self, number: int) -> Case:
        """One case. Raises ``UnknownCaseError``."""
        with self._file.reading() as file:
            row = file.execute(schema.ONE, (number,)).fetchone() if file else None
        if row is None:
            raise UnknownCaseError(f"there is no case {number}. `knotwork review list` shows those there are.")
        return case_of(row, datetime.now(UTC))

    def about(self, keys: Sequence[str]) -> tuple[Case, ...]:
        """The cases about one of ``keys`` (identifier keys and customer ids), in any state, by number."""
        found: dict[int, Case] = {}
        with self._file.reading() as file:
            for some in pieces(keys) if file else ():
                rows = file.execute(schema.ABOUT.format(slots=slots(some)), [*some, *some]).fetchall() if file else []
                found.update((row[0], case_of(row, datetime.now(UTC))) for row in rows)
        return tuple(found[number] for number in sorted(found))

    def similar(self, case: Case, first: int) -> tuple[Case, ...]:
        """Settled cases most like ``case``: of its kind and source, the same grounds first, then the nearest score."""
        one = case.finding
        bound = {"kind": one.kind, "number": case.number, "grounds": " ".join(one.grounds), "score": one.score}
        with self._file.reading() as file:
            found = bound | {"source": one.source, "first": first}
            rows = file.execute(schema.SIMILAR, found).fetchall() if file else []
        return tuple(case_of(row, datetime.now(UTC)) for row in rows)

    def made(self, decision: int) -> tuple[Case, ...]:
        """The cases that a decision came of."""
        with self._file.reading() as file:
            rows = file.execute(schema.MADE_BY, (decision,)).fetchall() if file else []
        return tuple(case_of(row, datetime.now(UTC)) for row in rows)

    def notes(self, number: int) -> tuple[Note, ...]:
        """The story of a case, in order."""
        with self._file.reading() as file:
            rows = file.execute(schema.NOTES, (number,)).fetchall() if file else []
        return tuple(Note(from_micros(at), who, what, text) for at, who, what, text in rows)

    def opinions(self) -> tuple[Opinion, ...]:
        """What people said of cases, by case and time."""
        with self._file.reading() as file:
            rows = file.execute(schema.OPINIONS).fetchall() if file else []
        return tuple(
            Opinion(case, kind, source, who, answer, from_micros(at)) for case, kind, source, who, answer, at in rows
        )

    def single(self, name: str) -> int:
        """One of the desk's own figures, 0 where it was never set."""
        with self._file.reading() as file:
            row = file.execute(schema.SINGLE, (name,)).fetchone() if file else None
        return int(row[0]) if row else 0

    # --- what a run found

    def take(self, findings: Iterable[Finding], takes: Takes) -> Taken:
        """Make, refresh, open again and close cases by what was found; all of it, or nothing."""
        with self._writing() as file:
            return takes.apply(file, tuple(findings), datetime.now(UTC))

    # --- what people do

    def claim(self, number: int, who: str, lease: timedelta) -> Case:
        """The case, which nobody else may claim until the lease is over. Raises ``CaseTakenError``, naming who has it.

        Claiming again renews it.
        """
        now = datetime.now(UTC)
        with self._writing() as file:
            bound = {"number": number, "who": who, "until": to_micros(now + lease), "now": to_micros(now)}
            if not file.execute(schema.CLAIM, bound).rowcount:
                self._refuse(file, number, now)
        return self.case(number)

    def release(self, number: int, who: str) -> bool:
        """Whether ``who`` had claimed the case, which is free now."""
        with self._writing() as file:
            return file.execute(schema.RELEASE, {"number": number, "who": who}).rowcount > 0

    def note(self, number: int, who: str, what: str, text: str) -> None:
        """Add a line to the story of a case. Raises ``UnknownCaseError``."""
        self.case(number)
        with self._writing() as file:
            file.execute(schema.NOTE, (number, to_micros(datetime.now(UTC)), who, what, text))

    def opine(self, numbers: Sequence[int], who: str, answer: str) -> None:
        """Keep what one person says of cases; saying it anew takes the place of what they said before."""
        now = to_micros(datetime.now(UTC))
        with self._writing() as file:
            file.executemany(schema.OPINION, [(number, who, answer, now) for number in numbers])

    def move(
        self,
        numbers: Sequence[int],
        state: CaseState,
        *,
        who: str,
        answer: str = "",
        decisions: Sequence[int] = (),
        because: str = "",
    ) -> None:
        """Bring cases into a state, and tell it in their story. Who had claimed them has no more claim."""
        now = to_micros(datetime.now(UTC))
        settle = state in (CaseState.DECIDED, CaseState.LEFT)
        bound = {"state": state, "now": now, "who": who, "answer": answer, "settle": settle, "because": because}
        told = json.dumps(list(decisions))
        with self._writing() as file:
            file.executemany(schema.MOVE, [bound | {"number": one, "decisions": told} for one in numbers])
            what = f"{state} ({answer})" if answer else str(state)
            file.executemany(schema.NOTE, [(one, now, who, what, because) for one in numbers])

    def forget(self, keys: Sequence[str]) -> None:
        """Take out every case about one of ``keys``, with all that was said of it, and proposals that name one.

        What was said in words of cases that are closed goes as well, for it may name them; open ones are told anew.
        """
        named = [
            one.number
            for one in self.waiting("")
            if any(json.dumps(key, ensure_ascii=False) in one.said for key in keys)
        ]
        with self._writing() as file:
            file.execute(schema.UNWORDED)
            file.executemany(schema.DROP_WAITING, [(number,) for number in named])
            for some in pieces(keys):
                for statement in schema.FORGET:
                    file.execute(statement.format(slots=slots(some)), [*some, *some])

    def names(self) -> frozenset[str]:
        """Every identifier key and customer id that a case is about."""
        with self._file.reading() as file:
            rows = file.execute(schema.NAMES).fetchall() if file else []
        return frozenset(row[0] for row in rows if row[0])

    # --- what waits for a second person

    def wait(self, one: Waiting) -> Waiting:
        """Keep decisions that must wait; with the number they are waiting under."""
        row = (one.by, to_micros(one.at), json.dumps(one.why), one.said, one.reason, json.dumps(one.cases), one.answer)
        with self._writing() as file:
            number = file.execute(schema.WAIT, row).lastrowid
            found = file.execute(schema.WAITING_ONE, (number,)).fetchone()
        return waiting_of(found)

    def waiting(self, state: str = "waiting") -> tuple[Waiting, ...]:
        """Those that wait, or that are in another state (empty: all), by number."""
        with self._file.reading() as file:
            rows = file.execute(schema.WAITING, {"state": state}).fetchall() if file else []
        return tuple(map(waiting_of, rows))

    def waits(self, number: int) -> Waiting:
        """One that waits, or did. Raises ``UnknownCaseError``."""
        with self._file.reading() as file:
            row = file.execute(schema.WAITING_ONE, (number,)).fetchone() if file else None
        if row is None:
            raise UnknownCaseError(f"nothing waits under the number {number}. `knotwork review list --waiting` tells.")
        return waiting_of(row)

    def settle(self, number: int, state: str, who: str, decisions: Sequence[int] = ()) -> bool:
        """Whether what waited under ``number`` still did; it is settled now."""
        bound = {"number": number, "state": state, "who": who, "now": to_micros(datetime.now(UTC))}
        with self._writing() as file:
            return file.execute(schema.SETTLE, bound | {"decisions": json.dumps(list(decisions))}).rowcount > 0

    def _refuse(self, file: sqlite3.Connection, number: int, now: datetime) -> None:
        row = file.execute(schema.ONE, (number,)).fetchone()
        if row is None:
            raise UnknownCaseError(f"there is no case {number}. `knotwork review list` shows those there are.")
        held = case_of(row, now)
        if held.state not in (CaseState.OPEN, CaseState.WAITING):
            raise CaseTakenError(f"case {number} {became(held)}.", holder=held.decided_by)
        raise CaseTakenError(f"case {number} {whose(held)}. Take another, or ask for it.", holder=held.claimed_by)


def whose(case: Case) -> str:
    """Who has claimed a case and until when, in words that follow its number."""
    until = f" until {case.claimed_until:%H:%M} UTC" if case.claimed_until else ""
    return f"is {case.claimed_by}'s{until}"


def became(case: Case) -> str:
    """What became of a case that is open no more, in words that follow its number."""
    if case.state is CaseState.WAITING:
        return f"waits for a second person, after {case.answer} by {case.decided_by}"
    if case.state is CaseState.CLOSED:
        return f"closed itself: {case.closed_because}"
    return f"is {case.state} already ({case.answer} by {case.decided_by})"


def pieces(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """``keys`` in pieces that a statement can take."""
    for start in range(0, len(keys), MANY):
        yield keys[start : start + MANY]
