"""One answer for many cases: what it would record, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork.service.decisions import Word
from knotwork.service.review.answers import about, words_of
from knotwork_graph.desk import Case
from knotwork_graph.errors import UsageError
from knotwork_graph.model import Decision

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphReader
    from knotwork_resolvers.review import Book
    from knotwork_resolvers.review.split import SplitProposal

Split = Callable[[Case], "SplitProposal | None"]


@dataclass(frozen=True, slots=True)
class Planned:
    """The cases that get the answer, the words of its decisions, and those left out with the reason."""

    numbers: tuple[int, ...]
    words: tuple[Word, ...]
    left_out: tuple[tuple[int, str], ...]


def plan_of(store: GraphReader, cases: Sequence[Case], answer: str, who: str, split: Split) -> Planned:
    """What ``answer`` would record for ``cases``, in their order; one that contradicts what stands, or what is planned
    before it, is left out. O(cases + decisions around them).
    """
    from knotwork_resolvers.review import book_around

    left_out = [(case.number, f"it is {case.claimed_by}'s") for case in cases if case.claimed_by not in ("", who)]
    taken = {number for number, _ in left_out}
    planned: dict[int, tuple[Word, ...]] = {}
    for case in cases:
        if case.number not in taken:
            try:
                planned[case.number] = words_of(case, answer, split(case))
            except UsageError as error:
                left_out.append((case.number, str(error)))
    book = book_around(store, {key for some in planned.values() for key in about(some)})
    fits = {number: _fits(book, some, who) for number, some in planned.items()}
    left_out += [(number, why) for number, why in fits.items() if why]
    numbers = tuple(number for number, why in fits.items() if not why)
    return Planned(numbers, tuple(one for number in numbers for one in planned[number]), tuple(sorted(left_out)))


def _fits(book: Book, words: Sequence[Word], who: str) -> str:
    """Empty where ``words`` can stand beside the ``book``, which then holds them; else what stands against one."""
    made = [Decision(one.kind, one.a, one.b, who, datetime.now(UTC)) for one in words]
    taken: list[Decision] = []
    for one in made:
        objection = book.objection(one)
        if objection is not None:
            for each in taken:
                book.remove(each)
            return objection.words if objection.first.number else "it contradicts another answer of these"
        if book.same(one) is None:
            book.add(one)
            taken.append(one)
    return ""
