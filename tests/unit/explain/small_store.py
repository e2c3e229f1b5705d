"""A small graph store made from lines such as ``"a-b b-c"``: identifiers are ``t:a``, customers are given by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from knotwork_graph.model import Identifier, Status, customer_id, to_micros
from knotwork_graph.ports import Standing, Surroundings, Tie
from knotwork_resolvers.explain.answers import Asked
from knotwork_resolvers.explain.why import Side

NOW = datetime(2026, 6, 30, tzinfo=UTC)
MOMENT = to_micros(NOW)


def days_ago(days: float) -> int:
    return MOMENT - int(timedelta(days=days) / timedelta(microseconds=1))


@dataclass
class SmallStore:
    """What explanations ask of a store; it counts how many edges it handed out."""

    standings: dict[int, Standing] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    handed: int = 0

    def standing(self, identifier: Identifier) -> Standing | None:
        return next((one for one in self.standings.values() if one.key == identifier.key), None)

    def around_customer(self, customer: int, most: int) -> Surroundings:
        return self._some([tie for tie in self.ties if customer in (self._of(tie.a), self._of(tie.b))], most)

    def around_identifiers(self, ids: Sequence[int], most: int) -> Surroundings:
        found: dict[tuple[int, int], Tie] = {}
        whole = True
        for one in ids:
            ties = [tie for tie in self.ties if one in (tie.a, tie.b)]
            whole &= len(ties) <= most
            found.update({(tie.a, tie.b): tie for tie in ties[:most]})
        return self._some(list(found.values()), len(found), whole=whole)

    def _some(self, ties: list[Tie], most: int, *, whole: bool = True) -> Surroundings:
        shown = ties[:most]
        self.handed += len(shown)
        ends = {end: self.standings[end] for tie in shown for end in (tie.a, tie.b)}
        return Surroundings(ends, tuple(shown), whole and len(ties) <= most)

    def _of(self, end: int) -> int:
        return self.standings[end].customer

    # --- making it

    def put(self, key: str, customer: int, status: Status = Status.LINKING, reason: str = "") -> Standing:
        found = self.standing(Identifier.parse(key))
        one = Standing(len(self.standings) + 1 if found is None else found.id, key, customer, status, reason)
        self.standings[one.id] = one
        return one

    def tie(self, a: str, b: str, count: int = 1, **more: object) -> Tie:
        ends = sorted(self.standing(Identifier.parse(key)).id for key in (a, b))
        made = Tie(*ends, count, 0, days_ago(9), days_ago(1), ("web",))
        self.ties.append(replace(made, **more))
        return self.ties[-1]

    def side(self, key: str) -> Side:
        one = self.standing(Identifier.parse(key))
        owner = customer_id(one.customer) if one.customer else ""
        return Side(Asked(key, key, owner, one.status, one.reason), one)
