"""The events of one customer: those of the generation that nothing has touched, and those told anew since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.policy import Policy
from knotwork_graph.since import COLUMNS, ORDER, Follows, SinceFile, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_resolvers.home import Home
    from knotwork_resolvers.opened.base import Base

NEEDED = ("event_id", "customer", "timestamp", "source", "message_id")
BUT_RAW = tuple(name for name in COLUMNS if name != "identifiers")
"""All columns but the raw identifiers, which take as long to read as the others together; ``bears`` says the same.

Who reads them for a profile and then for a journey reads them once.
"""


class CustomerEvents:
    """Reads what the current run says of one customer after the other; safe to call from several threads."""

    def __init__(self, home: Home, policy: Policy) -> None:
        self._home, self._policy = home, policy

    def rows(self, customer: int, columns: Sequence[str] | None = None) -> pa.Table:
        """The events of a customer, by (timestamp, source, message_id): the ``columns`` that are asked for, or all.

        Raises ``UnknownRunError`` where nothing is resolved yet. Milliseconds; O(events of the customer).
        """
        return self.rows_of([customer], columns)[customer]

    def rows_of(self, customers: Sequence[int], columns: Sequence[str] | None = None) -> dict[int, pa.Table]:
        """The same for several customers; the store is asked once, which run readers see."""
        with self._home.opened.turn:
            base, since = self._opened()
            return {customer: self._rows(base, since, customer, columns or COLUMNS) for customer in customers}

    def _rows(self, base: Base, since: SinceFile | None, customer: int, wanted: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        if since is None:
            return base.rows(customer, wanted)
        later = since.of_customer(customer)
        names = [*dict.fromkeys((*(NEEDED if len(later) else NEEDED[:1]), *wanted))]
        early = base.rows(customer, names)
        events = early["event_id"].to_pylist()
        moved = since.moved(events)
        if moved:
            early = early.filter(pa.array([event not in moved for event in events], pa.bool_()))
        if not len(later):
            return early.select(list(wanted))
        both = pa.concat_tables([early.cast(arrow_schema(tuple(names))), later.select(names)])
        return both.sort_by(ORDER).select(list(wanted))

    def close(self) -> None:
        """Give back the files; the next look-up opens them again."""
        self._home.opened.close()

    def _opened(self) -> tuple[Base, SinceFile | None]:
        """The files of the run that readers see; None for what came since where that is nothing."""
        state, opened = self._home.store.state(), self._home.opened
        base = opened.base(state.base)
        if not self._home.generations.since(state.base).exists():
            if state.current != state.base:
                raise UnknownRunError("the file of what came since the last full run is gone. Run `knotwork resolve`.")
            return base, None
        since = opened.since(state.base)
        if self._lags(since.follows(), state.current):
            self._catch_up()
        return base, since if since.count() else None

    def _lags(self, known: Follows, current: int) -> bool:
        """Whether a run was published, or single events came into the graph, of which nobody has told yet."""
        if known.run != current:
            return True
        return known.upto < self._home.facts.last_single() and known.upto < self._home.store.projected().upto

    def _catch_up(self) -> None:
        from knotwork_resolvers.generation.follow import follow

        follow(self._home, self._policy)
