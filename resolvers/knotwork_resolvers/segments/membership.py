"""Who is in which segment, kept up to the moment: only customers who may have changed are looked at again.

A customer may have changed where an event was gained or lost, where an identifier came, went or changed its standing,
or where time alone does it: each look says when that will be. So what is told after one event and what is told after
looking at everybody is the same, whenever it is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from knotwork_graph.policy import Policy
from knotwork_graph.ports import StoreState
from knotwork_graph.stays import DUE, OPEN, SINCE, Stay, StayFolders, StaysSince, Upto
from knotwork_resolvers.segments.definitions import Definitions
from knotwork_resolvers.segments.everybody import look_at_everybody
from knotwork_resolvers.segments.ground import Ground
from knotwork_resolvers.segments.query import Query, query_of

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.opened.sorted_file import SortedFile

Answer = TypeVar("Answer")
MANY = 2_000
"""So many customers are no longer looked at one by one: everybody is."""
MEANING = "1"
"""To be changed with what a rule means, so that everybody is looked at again."""


@dataclass(frozen=True, slots=True)
class _Reached:
    """Who must be looked at: some customers, or with None everybody; ``upto`` is how far all is told then."""

    customers: frozenset[int] | None
    upto: Upto


class Membership:
    """The members of the segments of one workspace."""

    def __init__(self, home: Home, policy: Policy, folders: StayFolders, ground: Ground) -> None:
        self._home, self._policy, self._folders, self._ground = home, policy, folders, ground
        self._open: tuple[int, SortedFile] | None = None

    def follow(self, definitions: Definitions, now: int, *, quick: bool = False) -> int:
        """The moment (microseconds) as of which members are told from now on; 0 where nothing is resolved yet.

        Looks at whoever may have changed; one process at a time. A ``quick`` look is at customers whom events have
        touched, and gives 0, leaving all to the next, where another process is at it or everybody must be looked at.
        """
        with self._folders.turn(wait=not quick) as held:
            if not held:
                return 0
            state = self._home.store.state()
            if not state.base or self._home.generations.events(state.base) is None:
                return 0
            query = query_of(definitions.segments, self._policy.profiles)
            reached = self._reached(state, self._rules(definitions), now, time_too=not quick)
            if reached.customers is None or len(reached.customers) > MANY:
                if quick:
                    return 0
                look_at_everybody(self._ground, query, self._folders, reached.upto)
            else:
                self._look_at(sorted(reached.customers), query, reached.upto)
            return reached.upto.at

    def close(self) -> None:
        """Give back the file."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _rules(self, definitions: Definitions) -> str:
        said = repr((MEANING, definitions.fingerprint, self._policy.profiles))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def _reached(self, state: StoreState, rules: str, now: int, *, time_too: bool) -> _Reached:
        from knotwork_resolvers.generation.follow import follow

        follow(self._home, self._policy)
        number = self._folders.current()
        known = self._since_upto(number)
        after = known.upto if known is not None and known.base == state.base else 0
        with self._home.opened.turn:
            touched, last = self._home.opened.since(state.base).touched(after)
        upto = Upto(state.current, state.base, last, now, rules)
        if known is None or (known.base, known.rules) != (state.base, rules) or last < known.upto:
            return _Reached(None, upto)
        upto = replace(upto, at=max(now, known.at))
        customers = touched | self._moved(known.run, state.current)
        return _Reached(frozenset(customers | (self._due(number, upto.at) if time_too else set())), upto)

    def _since_upto(self, number: int) -> Upto | None:
        return None if not number else _told(self._folders, number, StaysSince.upto)

    def _moved(self, before: int, now: int) -> set[int]:
        """The customers who gained or lost an identifier between two runs, or of whom one stands otherwise."""
        if before == now:
            return set()
        rows = self._home.store.memberships_between(min(before, now), max(before, now))
        return set(rows.customer.tolist()) - {0}

    def _due(self, number: int, now: int) -> set[int]:
        """The customers whom time alone may have changed."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        told: dict[int, int | None] = dict(_told(self._folders, number, StaysSince.due))
        rows = pq.read_table(self._folders.path(number, DUE))
        early = rows.filter(pc.less_equal(rows["at"], now))["customer"].to_pylist()
        late = {customer for customer, at in told.items() if at is not None and at <= now}
        return late | {customer for customer in early if customer not in told}

    def _look_at(self, customers: Sequence[int], query: Query, upto: Upto) -> None:
        number = self._folders.current()
        since = StaysSince(self._folders.path(number, SINCE))
        try:
            if not customers:
                if since.upto() != upto:
                    since.move((), (), (), upto)
                return
            found = self._ground.ask(query, upto.at, customers)
            inside = {
                (row["customer"], name) for row in found for name, column in query.segments.items() if row[column]
            }
            was = self._was(number, since, customers)
            due = dict.fromkeys(customers) | {row["customer"]: row["changes_at"] for row in found}
            came = [Stay(*key, upto.at, upto.run) for key in sorted(inside - was.keys())]
            went = [replace(was[key], left_at=upto.at, left_run=upto.run) for key in sorted(was.keys() - inside)]
            since.move(came, went, due.items(), upto)
        finally:
            since.close()

    def _was(self, number: int, since: StaysSince, customers: Sequence[int]) -> dict[tuple[int, str], Stay]:
        """The stays of some customers that hold on."""
        file = self._file(number)
        told = [tuple(row.values()) for one in customers for row in file.rows(one).to_pylist()] if len(file) else []
        ended = {row[:2] for row in since.ended(customers)}
        kept = [Stay(*row) for row in told if row[:2] not in ended]
        return {(one.customer, one.segment): one for one in (*kept, *(Stay(*row) for row in since.entered(customers)))}

    def _file(self, number: int) -> SortedFile:
        from knotwork_resolvers.opened.sorted_file import SortedFile

        if self._open is None or self._open[0] != number:
            self.close()
            self._open = number, SortedFile(self._folders.path(number, OPEN), "customer")
        return self._open[1]


def _told(folders: StayFolders, number: int, ask: Callable[[StaysSince], Answer]) -> Answer:
    """What the file of what came since says."""
    since = StaysSince(folders.path(number, SINCE))
    try:
        return ask(since)
    finally:
        since.close()
