"""Deciding, and taking back: what a steward says about identifiers, kept for ever."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork.service.naming import meant
from knotwork_graph.errors import ContradictionError, UnknownDecisionError, UsageError
from knotwork_graph.journal import Journal, bring_level, level_at
from knotwork_graph.model import PAIRWISE, UNDO, Decision, DecisionKind, Recorded, Status
from knotwork_graph.policy import Policy, suggestion

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphStore
    from knotwork_resolvers.review import Objection

MOST_TEXT = 2_000
"""So many characters may a reason, a comment or a name have."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a decision or an undo: its ``record``, and remarks for people, which name no identifier.

    ``fresh`` is false where the same had been said before: ``record`` is then the one that stands already. ``waiting``
    is the number that it waits under for a second person (0: it is kept); ``record`` is then what would be kept.
    """

    record: Recorded
    fresh: bool = True
    remarks: tuple[str, ...] = ()
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """One decision that has not been made: the kind, and the keys that it speaks of."""

    kind: DecisionKind
    a: str
    b: str | None = None

    @property
    def about(self) -> tuple[str, ...]:
        """The keys that it speaks of."""
        return (self.a,) if self.b is None else (self.a, self.b)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did: how many records are ``fresh``, and how many said what was said here already."""

    fresh: int
    known: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Who says it (the user of the machine if unsaid), why, and whatever else there is to say."""

    reason: str = ""
    by: str = ""
    comment: str = ""

    def clean(self) -> Wording:
        """The texts trimmed, fit to be written. Raises ``UsageError`` for one that is too long."""
        texts = (self.reason, self.by or user_name(), self.comment)
        return Wording(*(cleaned(text) for text in texts))


class DecisionService:
    """Reads and writes decisions. What writes is for the holder of the workspace's lock."""

    def __init__(self, journal: Journal, store: GraphStore, policy: Policy) -> None:
        self._journal = journal
        self._store = store
        self._policy = policy

    def decisions(self, *, every: bool = False) -> tuple[Recorded, ...]:
        """The decisions that stand, by number; with ``every`` also what was undone, and the undoings."""
        found = self._store.decisions()
        return found if every else tuple(one for one in found if one.kind != UNDO and not one.undone_by)

    def decide(self, kind: str, a: str, b: str | None, said: Wording) -> Made:
        """Keep a decision on ``a`` (and ``b``), keys in any form that loading understands.

        Raises ``ContradictionError`` naming the decision that stands against it, ``UsageError`` for what cannot be
        meant. One that stands already is told of, and not made again.
        """
        said = said.clean()
        new, known = self.checked([self.word(kind, a, b)], said.by, said.reason)
        if known:
            return Made(known[0], fresh=False)
        (record,) = self.recorded_as_one(new, by=said.by, reason=said.reason, comment=said.comment)
        return Made(record, remarks=self.remarks(new))

    def undo(self, number: int, said: Wording) -> Made:
        """Take back decision ``number``, with all that was made as one with it; they stay on record.

        Raises ``UnknownDecisionError``. One that was taken back already is told of, and not taken back again.
        """
        said, undoes = said.clean(), self.undoing(number)
        if not undoes:
            return Made(self._record(self._record(number).undone_by), fresh=False)
        records = self.recorded_as_one((), undoes, by=said.by, reason=said.reason, comment=said.comment)
        return Made(next(one for one in records if one.undoes == number))

    def word(self, kind: str, a: str, b: str | None) -> Word:
        """What is meant by a kind and keys as people write them. Raises ``UsageError``."""
        chosen = kind_of(kind)
        if (b is not None) != (chosen in PAIRWISE):
            wanted = "one identifier" if b is not None else "two identifiers"
            raise UsageError(f"{chosen.replace('_', '-')} takes {wanted}.")
        ends = [self._normal(key) for key in (a, b) if key is not None]
        if len(set(ends)) < len(ends):
            raise UsageError("A and B are one and the same identifier. Name two.")
        return Word(chosen, ends[0], ends[1] if len(ends) > 1 else None)

    def checked(self, words: Sequence[Word], by: str, reason: str) -> tuple[tuple[Decision, ...], tuple[Recorded, ...]]:
        """The decisions that ``words`` would make, numbered, and the records that say the same already.

        Raises ``ContradictionError`` naming what stands against one of them, ``UsageError`` without a reason.
        """
        from knotwork_resolvers.review import book_around

        if words and not reason:
            raise UsageError("a decision needs a reason, for whoever reads it in a year. Say why with --reason.")
        last, now = level_at(self._journal, self._store), datetime.now(UTC)
        book = book_around(self._store, {key for one in words for key in one.about})
        new: list[Decision] = []
        known: list[Recorded] = []
        for one in words:
            made = Decision(one.kind, one.a, one.b, by, now, reason, last + 1 + len(new))
            same = book.same(made)
            if same is None:
                refuse(book.objection(made))
                book.add(made)
                new.append(made)
            elif same.number <= last:
                known.append(self._record(same.number))
        return tuple(new), tuple(known)

    def undoing(self, number: int) -> tuple[int, ...]:
        """The decisions that are taken back with ``number``: itself, and what was made as one with it and still stands.

        None where it was taken back before. Raises ``UnknownDecisionError``.
        """
        last = level_at(self._journal, self._store)
        found = self._store.decision(number) if 0 < number <= last else None
        if found is None:
            raise UnknownDecisionError(
                f"there is no decision {number}. `knotwork review decisions` shows those there are."
            )
        if found.kind == UNDO:
            raise UnknownDecisionError(
                f"number {number} is no decision: it undid decision {found.undoes}. To have that again, decide it anew."
            )
        if found.undone_by:
            return ()
        return (number,) if not found.bundle else tuple(self._bundle(found.bundle, last))

    def _bundle(self, first: int, last: int) -> Iterator[int]:
        """The numbers of the decisions of a bundle that still stand; its records follow each other."""
        for number in range(first, last + 1):
            one = self._store.decision(number)
            if one is None or one.bundle != first:
                return
            if not one.undone_by:
                yield number

    def recorded_as_one(
        self,
        new: Sequence[Decision],
        undoes: Sequence[int] = (),
        *,
        by: str,
        reason: str,
        comment: str = "",
        code: str = "",
        second: str = "",
    ) -> tuple[Recorded, ...]:
        """The records that were kept: the ``new`` decisions and the takings back of ``undoes``, as one bundle.

        ``second`` is the second person, where one was needed.
        """
        now, first = datetime.now(UTC), level_at(self._journal, self._store) + 1
        bundle = first if len(new) + len(undoes) > 1 else 0
        made = [
            Recorded(first + place, one.kind, one.a, one.b or "", by, now, reason, comment)
            for place, one in enumerate(new)
        ]
        made += [
            Recorded(first + len(made) + place, UNDO, "", "", by, now, reason, comment, undoes=one)
            for place, one in enumerate(undoes)
        ]
        records = [replace(one, code=code, bundle=bundle, approved_by=second) for one in made]
        self._keep(records)
        return tuple(records)

    def take_in(self, incoming: Sequence[tuple[str, Recorded]]) -> Taken:
        """Keep what ``incoming`` (another journal's records in their order, each with its place) says that is new here.

        All or nothing: raises ``ContradictionError`` or ``InputError`` naming the place, and then takes none.
        """
        from knotwork.service.taking_in import Taker

        taker = Taker(bring_level(self._journal, self._store), self._normal)
        for place, record in incoming:
            taker.take(place, record)
        self._keep(taker.fresh)
        return Taken(len(taker.fresh), taker.known)

    def _record(self, number: int) -> Recorded:
        found = self._store.decision(number)
        if found is None:
            raise UnknownDecisionError(f"there is no decision {number}.")
        return found

    def _normal(self, key: str) -> str:
        return meant(self._store, self._policy, key).key

    def _keep(self, records: Sequence[Recorded]) -> None:
        """The journal first: what it holds counts, and the store is given it again should we die in between."""
        self._journal.append(records)
        self._store.add_decisions(records)

    def remarks(self, new: Sequence[Decision]) -> tuple[str, ...]:
        """What a person should know of the identifiers that were named."""
        return tuple(words for one in new for words in self._remarks(one))

    def _remarks(self, new: Decision) -> tuple[str, ...]:
        """What a person should know of the identifiers that were named."""
        found = []
        for side, key in zip("AB", (new.a, new.b), strict=False):
            if key is None:
                continue
            identifier = meant(self._store, self._policy, key)
            known = self._store.find(identifier)
            if known is None:
                found.append(
                    f"{side}, of the type {identifier.type}, was never seen. The decision is kept and holds once it is."
                )
            elif new.kind is DecisionKind.KEEP_LINKING and known.status in (Status.BLOCKED, Status.INVALID):
                found.append(
                    f"{side} is {known.status}: keep-linking overrules sharing alone, so it still links nothing."
                )
        return tuple(found)


def refuse(objection: Objection | None) -> None:
    """Raise ``ContradictionError`` where something stands against a decision."""
    if objection is not None:
        number = objection.first.number
        raise ContradictionError(
            f"this cannot be decided: {objection.words}. Undo that one first: knotwork review undo {number}",
            first=number,
        )


def kind_of(text: str) -> DecisionKind:
    """The kind that ``text`` names, with hyphens or underscores. Raises ``UsageError``."""
    with suppress(ValueError):
        return DecisionKind(text.strip().lower().replace("-", "_"))
    known = [kind.replace("_", "-") for kind in DecisionKind]
    raise UsageError(f"there is no kind of decision called {text}; {suggestion(text, known)}")


def user_name() -> str:
    """The name of whoever runs this process. Raises ``UsageError`` where the machine knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise UsageError("this machine does not know who you are. Say who decides with --by NAME.") from error


def somebody() -> str:
    """The name of whoever runs this process, or that the machine knows none."""
    try:
        return user_name()
    except UsageError:
        return "unknown"


def cleaned(text: str) -> str:
    """The text trimmed, with what no file can hold replaced. Raises ``UsageError`` for one that is too long."""
    if len(text) > MOST_TEXT:
        raise UsageError(
            f"a reason, comment or name of {len(text):,} characters is too long; {MOST_TEXT:,} are allowed."
        )
    return text.strip().encode("utf-8", "replace").decode()
