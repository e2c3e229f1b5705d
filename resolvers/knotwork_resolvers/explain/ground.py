"""What an explanation stands on: the policy, the run that is explained, and the decisions that it obeyed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knotwork_graph.model import Decision, DecisionKind, Pair
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import Matched
from knotwork_resolvers.explain.answers import Said


def no_guesses(_: Iterable[str]) -> Sequence[Matched]:
    """The joined pairs of a workspace in which nothing was ever matched."""
    return ()


@dataclass(frozen=True, slots=True)
class Ground:
    """The policy, the current run and its moment (microseconds), and the decisions that it obeyed.

    ``must``, ``cannot`` and ``words`` are the decisions by what they are about: pairs, and single keys. ``guesses``
    gives the pairs that matching joined and that have one of some keys.
    """

    policy: Policy
    run: int
    moment: int
    decisions: tuple[Decision, ...] = ()
    guesses: Callable[[Iterable[str]], Sequence[Matched]] = field(default=no_guesses, repr=False, compare=False)
    must: Mapping[Pair, Decision] = field(init=False, repr=False, compare=False)
    cannot: Mapping[Pair, Decision] = field(init=False, repr=False, compare=False)
    words: Mapping[str, Decision] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        links = [(Pair(one.a, one.b), one) for one in self.decisions if one.b is not None]
        must = {pair: one for pair, one in links if one.kind is DecisionKind.MUST_LINK}
        object.__setattr__(self, "must", must)
        object.__setattr__(self, "cannot", {pair: one for pair, one in links if pair not in must})
        object.__setattr__(self, "words", {one.a: one for one in self.decisions if one.b is None})

    def parting(self, left: frozenset[str], right: frozenset[str]) -> tuple[Decision, ...]:
        """The cannot-links with one end among each of two sets of keys, by number; O(cannot-links)."""
        found = [
            one for pair, one in self.cannot.items()
            if (pair.a in left and pair.b in right) or (pair.a in right and pair.b in left)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: one.number))


def said_by(one: Decision | None) -> Said | None:
    """The decision as answers tell it; None for none."""
    return None if one is None else Said(one.number, one.kind.value, one.by, one.at, one.reason)


def named(one: Decision | Said) -> str:
    """A decision by its number, as it stands in a sentence."""
    return f"decision {one.number}" if one.number else "the decision"


def worded(one: Decision | Said, says: str) -> str:
    """What a decision ``says``, in words: its number, who made it, when, and why.

    >>> from datetime import UTC, datetime
    >>> worded(Said(3, "cannot_link", "mai", datetime(2026, 3, 1, tzinfo=UTC), "twins"), "keeps them apart")
    'decision 3: a steward (mai, 2026-03-01) keeps them apart: twins'
    """
    why = f": {one.reason}" if one.reason else ""
    return f"{named(one)}: a steward ({one.by}, {one.at:%Y-%m-%d}) {says}{why}"
