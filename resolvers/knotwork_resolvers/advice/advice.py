"""What a check of the policy comes back with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.identity.resolution import Ints


@dataclass(frozen=True, slots=True)
class Spread:
    """How some counts lie: how many there are, the middle one, what 99 and 99.9 of 100 do not exceed, the largest."""

    counted: int
    median: int
    p99: int
    p999: int
    largest: int

    @classmethod
    def of(cls, counts: Ints) -> Spread:
        """The spread of ``counts``; all zero where there are none. O(n).

        >>> Spread.of(np.array([1, 1, 1, 5]))
        Spread(counted=4, median=1, p99=5, p999=5, largest=5)
        """
        if not len(counts):
            return cls(0, 0, 0, 0, 0)
        found = np.quantile(counts, [0.5, 0.99, 0.999, 1.0], method="inverted_cdf")
        return cls(len(counts), *(int(one) for one in found))


@dataclass(frozen=True, slots=True)
class Degree:
    """How many different identifiers of ``type`` the values of the checked type were seen with."""

    type: str
    spread: Spread


@dataclass(frozen=True, slots=True)
class Suspect:
    """A value that may be no identifier at all: how many customers it touches, and why it is suspected.

    ``block`` where it both looks like none and touches far more customers than others do. A look alone proves nothing:
    telephone numbers with many equal digits are sold at a price.
    """

    value: str
    customers: int
    reason: str
    block: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """What the data say about one identifier type.

    Customers here are those that all the other types make under the policy, as if this type linked nothing.
    ``values`` link now; ``unusable`` are blocked, invalid or no longer seen. ``per_customer``: values for each customer
    that has any; ``per_value``: customers for each value. ``largest_unlimited`` is the largest cluster, in identifiers,
    if every value of this type linked without limit or guard, and ``joined_unlimited`` how many customers fell
    together in one cluster; ``largest_now`` and ``largest_suggested`` the largest customer under the policy as it is,
    and with ``suggested`` in place of ``rule``. ``suspected`` counts all suspects, of which ``suspects`` are those that
    touch most customers. Values are in clear: mask them before they are shown.
    """

    type: str
    named: bool
    values: int
    unusable: int
    per_customer: Spread
    per_value: Spread
    degrees: tuple[Degree, ...]
    largest_unlimited: int
    joined_unlimited: int
    largest_now: int
    largest_suggested: int
    suspected: int
    suspects: tuple[Suspect, ...]
    rule: IdentifierRule
    suggested: IdentifierRule
