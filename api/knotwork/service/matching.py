"""Matching: people who look alike but share no identifier are proposed, or joined where the policy allows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knotwork_graph.errors import UnknownCustomerError, UsageError
from knotwork_graph.model import Identifier, customer_id, customer_number
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import MatchBook, Proposal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home
    from knotwork_resolvers.matching.evidence import Waterfall
    from knotwork_resolvers.matching.running import Label, MatchRun

NEVER = "nothing was matched yet; `knotwork match` does"
Standing = str
"""``one customer``, ``joined``, ``proposed``, ``kept apart`` or ``not proposed``."""


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """Two sides (identifier keys), how they stand to each other, and what speaks for and against one person."""

    a: str
    b: str
    standing: Standing
    evidence: Waterfall


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """What proposing from ``probability`` would mean: pairs to look at, expected precision and recall (shares)."""

    probability: float
    pairs: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What one blocking rule gave: pairs, blocks, the largest one, the cap, blocks parted again, records cut short."""

    rule: str
    pairs: int
    blocks: int
    largest: int
    cap: int
    parted: int
    cut: int


@dataclass(frozen=True, slots=True)
class MatchingReport:
    """The last matching: its model, what it compared, its weights by trait and level (bits), and its thresholds.

    ``held``: joined pairs that the policy or a steward does not let link now. Expectations are the model's own.
    """

    model: str
    at: datetime
    run: int
    records: int
    compared: int
    learned: bool
    prior: float
    proposals: int
    joined: int
    held: int
    adopted: int
    rules: tuple[RuleRow, ...]
    weights: tuple[Mapping[str, Any], ...]
    thresholds: tuple[ThresholdRow, ...]


@dataclass(frozen=True, slots=True)
class Housemate:
    """Another customer of a household: an identifier key, the customer's id, and what both share beside a home."""

    key: str
    customer: str
    shares: str


class MatchingService:
    """Matching of one workspace; ``labels`` tells what people have decided on pairs."""

    def __init__(
        self, home: Home, policy: Policy, book: MatchBook, labels: Callable[[], Sequence[Label]] = tuple
    ) -> None:
        self.book = book
        self._home, self._policy, self._labels = home, policy, labels

    def match(self, tell: Callable[[str], None] | None = None, *, new: bool = False) -> MatchRun:
        """Compare everybody; proposals stand at once, joins with the next run. Raises ``UnknownRunError``.

        With ``new`` those alone to whom something came since the last matching, where that is the shorter way.
        """
        from knotwork_resolvers.matching.renewing import match_fresh
        from knotwork_resolvers.matching.running import match_everybody

        labels = tuple(self._labels())
        found = match_fresh(self._home, self._policy, self.book, labels, tell) if new else None
        return found or match_everybody(self._home, self._policy, self.book, labels, tell)

    def obeyed(self) -> None:
        """Nothing comes back; the current run, in which the last matching's pairs link, brings nothing new to it."""
        from knotwork_resolvers.matching.shelved import joined

        joined(self.book, self._home.store.state().current)

    def drop(self) -> int:
        """Take back the model: no proposals, and nothing is joined any more. How many pairs were joined."""
        return self.book.drop()

    def proposals(self) -> tuple[Proposal, ...]:
        """What is proposed, the likeliest first."""
        return self.book.proposals()

    def explain(self, a: str, b: str) -> PairEvidence:
        """What speaks for and against ``a`` and ``b`` (identifiers or customer ids) being one person.

        By the last model. Reads both and what changed since the last matching of everybody; where that left no index,
        everybody: seconds for a hundred thousand. Raises ``UsageError`` before it, ``UnknownCustomerError``.
        """
        one, other = self._key(a), self._key(b)
        if one == other:
            raise UsageError(f"{a} and {b} are the same; name two customers or identifiers.")
        from knotwork_resolvers.matching.asking import compare_two

        evidence, same = compare_two(self._home, self._policy, self.book, one, other)
        return PairEvidence(one, other, self._standing(one, other, same=same), evidence)

    def report(self) -> MatchingReport:
        """What the last matching did. Raises ``UsageError`` before the first one."""
        kept = self.book.model()
        if kept is None:
            raise UsageError(NEVER)
        said = json.loads(kept.report)
        matched = self.book.matched()
        return MatchingReport(
            model=kept.version,
            at=kept.at,
            run=kept.run,
            records=kept.records,
            compared=said["pairs"],
            learned=said["learned"],
            prior=said["prior"],
            proposals=len(self.book.proposals()),
            joined=len(matched),
            held=sum(self._customer(one.a) != self._customer(one.b) for one in matched),
            adopted=len(self.book.adopted()),
            rules=tuple(RuleRow(**one) for one in said["rules"]),
            weights=tuple(said["weights"]),
            thresholds=tuple(ThresholdRow(**one) for one in said["thresholds"]),
        )

    def household(self, key_or_id: str) -> tuple[Housemate, ...]:
        """The other customers of the same household, by id; nobody where none is known.

        As the last matching found it. Raises ``UnknownCustomerError``.
        """
        own = self._number(key_or_id)
        keys = [one.key for one in self._home.store.members(own)]
        found = self.book.living_with(keys)
        place = {one.key: self._customer(one.key) for one in found}
        others = {place[one.key]: one for one in found if place[one.key] not in (0, own)}
        return tuple(Housemate(one.key, customer_id(number), one.shares) for number, one in sorted(others.items()))

    def proposal_rows(self, connection: DuckDBPyConnection, *_: object) -> str:
        """The query of ``export proposals``: a, b, score, band, evidence; the likeliest first."""
        import pyarrow as pa

        rows = self.book.proposals()
        names = ("a", "b", "band", "evidence")
        columns = {name: pa.array([getattr(one, name) for one in rows], pa.string()) for name in names}
        columns["score"] = pa.array([one.score for one in rows], pa.float64())
        connection.register("proposals", pa.table(columns))
        return "SELECT a, b, score, band, evidence FROM proposals ORDER BY score DESC, a, b"

    def household_rows(self, connection: DuckDBPyConnection, *_: object) -> str:
        """The query of ``export households``: household_id, customer_id, shares; those of several customers alone."""
        import pyarrow as pa

        from knotwork.service.columns import id_sql

        rows = self.book.living()
        names = ("key", "household", "shares")
        table = pa.table({name: pa.array([getattr(one, name) for one in rows], pa.string()) for name in names})
        connection.register("living", table)
        connection.register("members", self._home.store.member_rows())
        return HOUSEHOLDS.format(first=id_sql("first"), customer=id_sql("customer"))

    def _key(self, key_or_id: str) -> str:
        """An identifier key of the side that is meant."""
        number = customer_number(key_or_id)
        if number is None:
            return str(Identifier.parse(key_or_id).key)
        members = self._home.store.members(number)
        if not members:
            raise UnknownCustomerError(
                f"{key_or_id}: there is no such customer now. `knotwork history` tells its past."
            )
        return members[0].key

    def _number(self, key_or_id: str) -> int:
        number = customer_number(key_or_id)
        found = self._customer(key_or_id) if number is None else number
        if not found:
            raise UnknownCustomerError(f"{key_or_id}: nobody holds it.")
        return found

    def _customer(self, key: str) -> int:
        return self._home.store.customer_of(Identifier.parse(key))

    def _standing(self, a: str, b: str, *, same: bool) -> Standing:
        if same:
            return "one customer"
        if self._customer(a) == self._customer(b) != 0:
            return "joined"
        left, right = self._keys_beside(a), self._keys_beside(b)
        proposed = any((one in left) != (other in left) for one, other in self.book.proposed_among(left | right))
        return "proposed" if proposed else "not proposed"

    def _keys_beside(self, key: str) -> frozenset[str]:
        """All keys of the customer who holds ``key``, itself too."""
        number = self._customer(key)
        return frozenset({key, *(one.key for one in (self._home.store.members(number) if number else ()))})


HOUSEHOLDS = """
WITH homes AS (
    SELECT DISTINCT l.household, m.customer, l.shares FROM living AS l
    JOIN members AS m ON m.type || ':' || m.value = l.key WHERE m.customer > 0),
    shown AS (SELECT *, min(customer) OVER (PARTITION BY household) AS first,
        max(customer) OVER (PARTITION BY household) AS last FROM homes)
SELECT replace({first}, 'cus_', 'home_') AS household_id, {customer} AS customer_id, shares FROM shown
WHERE first < last ORDER BY first, customer, shares
"""
