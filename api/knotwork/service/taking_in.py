"""Records of another journal, checked one after the other and given numbers of this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from knotwork.service.naming import plain
from knotwork_graph.errors import ContradictionError, InputError
from knotwork_graph.model import UNDO, Decision, Recorded, in_force

Said = tuple[str, tuple[str, ...], str, datetime]
"""What makes two records the same one: the kind, the keys, by whom, and when."""


class Taker:
    """Takes records in one by one. ``fresh`` are those to be kept; ``known`` counts those that say nothing new.

    A decision that was imported before is known, even if it was undone here since; one that somebody else made here is
    known too, and then what the file says of its undoing is about the other journal's decision, not about ours.
    """

    def __init__(self, records: Sequence[Recorded], normal: Callable[[str], str]) -> None:
        from knotwork_resolvers.review import Book

        self.fresh: list[Recorded] = []
        self.known = 0
        self._normal = normal
        self._next = len(records) + 1
        self._book = Book(in_force(records))
        self._numbers = {said_by(one.decision): one.number for one in records if one.kind != UNDO}
        self._standing = {one.number: one.decision for one in records if one.kind != UNDO and not one.undone_by}
        self._ours: dict[int, int] = {}
        """For each number of the file the number here, 0 where somebody else's decision stands for it."""
        self._bundles: dict[int, int] = {}
        """For each bundle of the file the number here of the first record that was taken of it."""

    def take(self, place: str, record: Recorded) -> None:
        """Take the record that stands at ``place`` (file and line).

        Raises ``ContradictionError``, or ``InputError`` for what cannot be, such as an approval by whoever decided.
        """
        if record.approved_by and plain(record.approved_by) == plain(record.by):
            raise InputError(f"{place} was approved by whoever made it, which nobody may. Nothing was imported.")
        taken = self._undo(place, record) if record.kind == UNDO else self._decide(place, record)
        if taken is None:
            self.known += 1
        else:
            self.fresh.append(taken)
            self._next += 1

    def _decide(self, place: str, record: Recorded) -> Recorded | None:
        new = self._decision(place, record)
        own = self._numbers.get(said_by(new))
        if own is not None or self._book.same(new) is not None:
            self._ours[record.number] = own or 0
            return None
        objection = self._book.objection(new)
        if objection is not None:
            words = f"{place} cannot be decided here: {objection.words}. Nothing was imported."
            raise ContradictionError(words, first=objection.first.number)
        self._book.add(new)
        self._standing[new.number] = new
        self._numbers[said_by(new)] = self._ours[record.number] = new.number
        return replace(
            record, number=new.number, a=new.a, b=new.b or "", undone_by=0, bundle=self._bundle(record, new.number)
        )

    def _undo(self, place: str, record: Recorded) -> Recorded | None:
        if record.undoes not in self._ours:
            raise InputError(
                f"{place} undoes decision {record.undoes}, which no line before it makes. Nothing was imported."
            )
        number = self._ours[record.undoes]
        standing = self._standing.pop(number, None)
        if standing is None:
            return None
        self._book.remove(standing)
        return replace(record, number=self._next, undoes=number, undone_by=0, bundle=self._bundle(record, self._next))

    def _bundle(self, record: Recorded, number: int) -> int:
        """The bundle here of a record that is taken under ``number``."""
        return self._bundles.setdefault(record.bundle, number) if record.bundle else 0

    def _decision(self, place: str, record: Recorded) -> Decision:
        one = record.decision
        try:
            a, b = self._normal(one.a), None if one.b is None else self._normal(one.b)
            return replace(one, a=a, b=b, number=self._next)
        except ValueError as error:
            raise InputError(f"{place}: {error}. Nothing was imported.") from error


def said_by(one: Decision) -> Said:
    """What makes two records the same one."""
    return one.kind, one.about, one.by, one.at
