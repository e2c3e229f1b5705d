"""What a resolution takes besides the graph, and what it gives back: values and arrays only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knotwork_resolvers.identity.sets import FEW, among

if TYPE_CHECKING:
    from knotwork_graph.model import Decision
    from knotwork_graph.proposals import Matched

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NOBODY = 0
"""The customer number that stands for no customer at all."""


class StatusCode(IntEnum):
    """The status of an identifier, as a small integer for arrays."""

    LINKING = 0
    BLOCKED = 1
    INVALID = 2
    SHARED = 3


class ChangeCode(IntEnum):
    """The kind of a change, as a small integer for arrays."""

    CREATED = 1
    MERGED = 2
    SPLIT = 3
    MOVED = 4
    RETIRED = 5


def lives(customers: Ints, numbers: Ints, upto: int) -> Mask:
    """For each of ``customers`` (below ``upto``) whether it is among ``numbers``, ``NOBODY`` never.

    Numbers are given out in a row, so of many a table of all is far faster than sorting them: O(numbers + upto).
    """
    if FEW * (len(customers) + len(numbers)) < upto:
        return np.asarray(among(customers, numbers) & (customers != NOBODY))
    found = np.zeros(upto, np.bool_)
    found[numbers] = True
    found[NOBODY] = False
    return np.asarray(found[customers])


@dataclass(frozen=True, slots=True)
class Previous:
    """The customers before this resolution.

    ``customer`` and ``since``: for each identifier the customer it belongs to (``NOBODY`` for none) and the run that
    put it there. ``past_identifier`` and ``past_customer``: rows of memberships that have ended, of customers that are
    no longer alive. ``next_number``: the first customer number never given out. ``past_until``: the run that ended each
    past row; None where that is not known, and then all count as ended at once.
    """

    customer: Ints
    since: Ints
    past_identifier: Ints
    past_customer: Ints
    next_number: int = 1
    past_until: Ints | None = None

    @classmethod
    def nothing(cls, identifiers: int) -> Previous:
        """The state before the first run, for so many identifiers."""
        none = np.zeros(identifiers, np.int64)
        empty = np.empty(0, np.int64)
        return cls(none, none, empty, empty)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a resolution looks at besides edges and policy.

    ``as_of`` in microseconds; ``decisions`` those in force; ``traits``: for a trait's name, how many distinct folded
    values of it stand on the events of each identifier; ``matches``: the pairs that matching has joined.
    """

    as_of: int
    decisions: tuple[Decision, ...] = ()
    traits: Mapping[str, Ints] = field(default_factory=dict)
    matches: tuple[Matched, ...] = ()


@dataclass(frozen=True, slots=True)
class Severed:
    """Edges that were not taken: row of the edge, and why. ``details`` name the values that collided."""

    edges: Ints
    rules: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """Identifiers that link nothing because too many use them: index and the reason, by index."""

    identifiers: Ints
    reasons: tuple[str, ...]


class Judged(NamedTuple):
    """What each identifier may do: the shared ones with their reasons, and a ``StatusCode`` each."""

    shared: Shared
    status: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Refused:
    """Matched pairs that the policy or a steward did not allow: both ends by index, the rule, and what collided."""

    pairs: Ints = field(default_factory=lambda: np.empty((0, 2), np.int64))
    rules: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Partition:
    """Which identifiers belong together: steps 2 to 5.

    ``label``: for each identifier the number of its part (0 and up, in the order of each part's first identifier),
    or -1 where it belongs to nobody. ``status``: a ``StatusCode`` each. ``linking``: for each edge whether it links.
    ``matched``: how many matched pairs might link; ``refused``: those of them that do not.
    """

    label: Ints
    status: NDArray[np.int8]
    shared: Shared
    severed: Severed
    linking: Mask
    unknown_decisions: tuple[str, ...] = ()
    matched: int = 0
    refused: Refused = field(default_factory=Refused)

    @property
    def parts(self) -> int:
        """How many customers there are."""
        return int(self.label.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a retired customer's identifiers went: heirs, the one that took most of them first (maybe nobody)."""

    customer: int
    heirs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of customers: arrays of one length. ``other`` and ``customer`` may be ``NOBODY``.

    created: ``customer`` holds identifiers nobody had. merged: ``customer`` took ``identifiers`` of ``other``, whose id
    is retired. split: ``customer`` was made of identifiers of ``other``, which lives on. moved: identifiers changed
    hands between customers that both lived before and live on. retired: ``customer`` has no identifier left.
    """

    kind: NDArray[np.int8]
    customer: Ints
    other: Ints
    identifiers: Ints

    def __len__(self) -> int:
        return len(self.kind)

    def count(self, kind: ChangeCode) -> int:
        """How many changes are of this kind."""
        return int(np.count_nonzero(self.kind == kind))


@dataclass(frozen=True, slots=True)
class Resolution:
    """The customers of one moment.

    ``customer``: for each identifier its customer's number or ``NOBODY``; ``created`` the numbers given out now (new or
    taken up again), ascending; ``next_number`` the first number still free.
    """

    partition: Partition
    customer: Ints
    created: Ints
    redirects: tuple[Redirect, ...]
    changes: Changes
    next_number: int
