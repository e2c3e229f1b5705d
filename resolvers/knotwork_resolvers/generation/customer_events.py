"""The events of one customer: those of the generation that nothing has touched, and those told anew since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.policy import Policy
from knotwork_graph.since import COLUMNS, ORDER, SinceFile, arrow_schema
from knotwork_resolvers.opened.sorted_file import SortedFile

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_resolvers.home import Home

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
            file, since = self._opened()
            return {customer: self._rows(file, since, customer, columns) for customer in customers}

    def _rows(
        self, file: SortedFile, since: SinceFile | None, customer: int, columns: Sequence[str] | None
    ) -> pa.Table:
        import pyarrow as pa

        wanted = list(columns or COLUMNS)
        early = file.rows(customer, [*dict.fromkeys((*NEEDED, *wanted))] if columns else None)
        if since is None:
            return early.select(wanted)
        moved = since.moved(early["event_id"].to_pylist())
        later = since.of_customer(customer)
        if moved:
            kept = [event not in moved for event in early["event_id"].to_pylist()]
            early = early.filter(pa.array(kept, pa.bool_()))
        if not len(later):
            return early.select(wanted)
        names = [*dict.fromkeys((*NEEDED, *wanted))]
        schema = arrow_schema(tuple(names))
        both = pa.concat_tables([early.select(names).cast(schema), later.select(names)])
        return both.sort_by(ORDER).select(wanted)

    def close(self) -> None:
        """Give back the files; the next look-up opens them again."""
        self._home.opened.close()

    def _opened(self) -> tuple[SortedFile, SinceFile | None]:
        """The files of the run that readers see; None for what came since where that is nothing."""
        state, opened = self._home.store.state(), self._home.opened
        file = opened.base(state.base).events
        if not self._home.generations.since(state.base).exists():
            if state.current != state.base:
                raise UnknownRunError("the file of what came since the last full run is gone. Run `knotwork resolve`.")
            return file, None
        since = opened.since(state.base)
        if since.follows().run != state.current:
            self._catch_up()
        return file, since if since.count() else None

    def _catch_up(self) -> None:
        """A run was published, and whoever did it has not told yet whose its events are."""
        from knotwork_resolvers.generation.follow import follow

        follow(self._home, self._policy)
