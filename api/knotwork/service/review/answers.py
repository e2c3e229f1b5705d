"""What an answer to a case records: the words of decisions, before anybody has said them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork.service.decisions import Word
from knotwork.service.review.values import ACCEPT, ANSWERS, LEAVE, REJECT
from knotwork_graph.desk import Case, CaseKind
from knotwork_graph.errors import UsageError
from knotwork_graph.model import DecisionKind
from knotwork_graph.policy import suggestion

if TYPE_CHECKING:
    from knotwork_resolvers.review.split import SplitProposal

QUALITY = "quality"
TABLE: dict[tuple[CaseKind, str], DecisionKind] = {
    (CaseKind.MERGE, ACCEPT): DecisionKind.MUST_LINK,
    (CaseKind.MERGE, REJECT): DecisionKind.CANNOT_LINK,
    (CaseKind.CONFLICT, ACCEPT): DecisionKind.MUST_LINK,
    (CaseKind.CONFLICT, REJECT): DecisionKind.CANNOT_LINK,
    (CaseKind.SHARED, ACCEPT): DecisionKind.MARK_SHARED,
    (CaseKind.SHARED, REJECT): DecisionKind.KEEP_LINKING,
    (CaseKind.BLOCK, ACCEPT): DecisionKind.BLOCK,
}
"""What is recorded for a kind of case and an answer; what is not here records nothing."""

WORDS = {
    (CaseKind.MERGE, ACCEPT): "they are one customer",
    (CaseKind.MERGE, REJECT): "they are two, for good",
    (CaseKind.CONFLICT, ACCEPT): "they are one customer, whatever the limit says",
    (CaseKind.CONFLICT, REJECT): "they are two, for good",
    (CaseKind.SHARED, ACCEPT): "many use it: it links nobody",
    (CaseKind.SHARED, REJECT): "it is one person's: it links, whatever the limit says",
    (CaseKind.BLOCK, ACCEPT): "it is nobody's: it links nobody",
    (CaseKind.BLOCK, REJECT): "it stays as it is",
    (CaseKind.SPLIT, ACCEPT): "it is two customers: the proposed links are forbidden",
    (CaseKind.SPLIT, REJECT): "it is one customer: it stays as it is",
}


def answer_of(text: str) -> str:
    """The answer that ``text`` names. Raises ``UsageError``."""
    word = text.strip().lower()
    if word not in ANSWERS:
        raise UsageError(f"there is no answer {text}; {suggestion(word, ANSWERS)}")
    return word


def words_of(case: Case, answer: str, split: SplitProposal | None) -> tuple[Word, ...]:
    """The decisions that an answer makes; none for one that leaves all as it is.

    To say yes to a customer's split forbids every link of the proposed cut. To confirm a joined pair of the quality
    sample makes nothing: it is joined already.
    """
    one = case.finding
    if answer == LEAVE or (one.source == QUALITY and answer == ACCEPT):
        return ()
    if one.kind is CaseKind.SPLIT:
        return parting(split) if answer == ACCEPT and split is not None else ()
    kind = TABLE.get((one.kind, answer))
    return () if kind is None else (Word(kind, *one.about),)


def parting(split: SplitProposal) -> tuple[Word, ...]:
    """The cannot-links that part two sides: one on each link between them."""
    if not split.cut:
        raise UsageError("no link of an event holds the two sides together: take back the must-link between them.")
    return tuple(Word(DecisionKind.CANNOT_LINK, one.a, one.b) for one in split.cut)


def told(case: Case, answer: str) -> str:
    """What an answer means, in words."""
    if answer == LEAVE:
        return "nothing is recorded; the case comes back when more speaks for it"
    if case.finding.source == QUALITY and answer == ACCEPT:
        return "it was rightly joined"
    return WORDS[case.finding.kind, answer]


def about(words: Sequence[Word]) -> tuple[str, ...]:
    """The keys that ``words`` speak of, each once, in their order."""
    return tuple(dict.fromkeys(key for one in words for key in one.about))
