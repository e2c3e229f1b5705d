"""Deciding, and taking back: what a steward says about identifiers, kept for ever."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork.service.naming import meant
from knotwork_graph.errors import ContradictionError, UnknownDecisionError, UsageError
from knotwork_graph.journal import Journal, bring_level, level_at
from knotwork_graph.model import PAIRWISE, UNDO, Decision, DecisionKind, Recorded, Status
from knotwork_graph.policy import Policy, suggestion

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphStore

MOST_TEXT = 2_000
"""So many characters may a reason, a comment or a name have."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a decision or an undo: its ``record``, and remarks for people, which name no identifier.

    ``fresh`` is false where the same had been said before: ``record`` is then the one that stands already.
    """

    record: Recorded
    fresh: bool = True
    remarks: tuple[str, ...] = ()


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
        from knotwork_resolvers.review import book_around

        said, last = said.clean(), level_at(self._journal, self._store)
        if not said.reason:
            raise UsageError("a decision needs a reason, for whoever reads it in a year. Say why with --reason.")
        new = self._decision(kind, a, b, said, last + 1)
        book = book_around(self._store, new.about)
        same = book.same(new)
        if same is not None:
            return Made(self._record(same.number), fresh=False)
        objection = book.objection(new)
        if objection is not None:
            raise ContradictionError(
                f"this cannot be decided: {objection.words}. Undo that one first: knotwork review undo "
                f"{objection.first.number}",
                first=objection.first.number,
            )
        record = recorded(new, said.comment)
        self._keep([record])
        return Made(record, remarks=self._remarks(new))

    def undo(self, number: int, said: Wording) -> Made:
        """Take back decision ``number``; it stays on record. Raises ``UnknownDecisionError``.

        One that was taken back already is told of, and not taken back again.
        """
        said, last = said.clean(), level_at(self._journal, self._store)
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
            return Made(self._record(found.undone_by), fresh=False)
        record = Recorded(last + 1, UNDO, "", "", said.by, datetime.now(UTC), said.reason, said.comment, undoes=number)
        self._keep([record])
        return Made(record)

    def take_in(self, incoming: Sequence[Recorded]) -> Taken:
        """Keep what ``incoming`` (another journal's records, in their order) says that is not known here yet.

        All or nothing: raises ``ContradictionError`` or ``InputError`` naming the record, and then takes none.
        """
        from knotwork.service.taking_in import Taker

        taker = Taker(bring_level(self._journal, self._store), self._normal)
        for place, record in enumerate(incoming, 1):
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

    def _decision(self, kind: str, a: str, b: str | None, said: Wording, number: int) -> Decision:
        chosen = kind_of(kind)
        if (b is not None) != (chosen in PAIRWISE):
            wanted = "one identifier" if b is not None else "two identifiers"
            raise UsageError(f"{chosen.replace('_', '-')} takes {wanted}.")
        ends = [self._normal(key) for key in (a, b) if key is not None]
        if len(set(ends)) < len(ends):
            raise UsageError("A and B are one and the same identifier. Name two.")
        other = ends[1] if len(ends) > 1 else None
        return Decision(chosen, ends[0], other, said.by, datetime.now(UTC), said.reason, number)

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
                    f"{side}, a {identifier.type}, was never seen. The decision is kept, and holds once it is."
                )
            elif new.kind is DecisionKind.KEEP_LINKING and known.status in (Status.BLOCKED, Status.INVALID):
                found.append(
                    f"{side} is {known.status}: keep-linking overrules sharing alone, so it still links nothing."
                )
        return tuple(found)


def recorded(decision: Decision, comment: str) -> Recorded:
    """The record of a decision."""
    one = decision
    return Recorded(one.number, one.kind, one.a, one.b or "", one.by, one.at, one.reason, comment)


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
