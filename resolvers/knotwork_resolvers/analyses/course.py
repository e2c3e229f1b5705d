"""Everybody's events in the order of journeys, as arrays: enough for what sessions are, and who was known in them.

An identifier names a person where its type is not one of a browser or a machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from knotwork_graph.model import to_micros
from knotwork_resolvers.analyses.in_order import Codes, Marks, coded, merged, named
from knotwork_resolvers.analyses.scope import NO_NAME, Scope
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.opened.base import whole

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TYPE = "identifiers.list.element.type"
COLUMNS = ["customer", "timestamp", "channel"]
SORTED = 'SELECT customer, "timestamp", channel, identifiers FROM {rows} ORDER BY customer, place'
ANONYMOUS = pa.array(sorted(ANONYMOUS_TYPES))
NO_MEMBERS = pa.table({"customer": pa.array([], pa.int64()), "type": ANONYMOUS[:0], "status": ANONYMOUS[:0]})


@dataclass(frozen=True, slots=True)
class Course:
    """Events by (customer, place), nobody's first: arrays of one length, ``moment`` in microseconds, ``channel`` a
    place in ``channels``, ``personal`` whether the event itself bears an identifier that names a person.
    """

    customer: Ints
    moment: Ints
    channel: Codes
    personal: Marks
    channels: tuple[str, ...]

    def within(self, scope: Scope) -> Course:
        """The part that a scope names, nobody's events only where it names no customers."""
        if scope == Scope():
            return self
        kept = np.ones(len(self.customer), np.bool_)
        if scope.customers is not None:
            kept &= np.isin(self.customer, np.array(scope.customers, np.int64))
        if scope.since is not None:
            kept &= self.moment >= to_micros(scope.since)
        if scope.until is not None:
            kept &= self.moment < to_micros(scope.until)
        return self._of(kept)

    def of_customers(self) -> Course:
        """The same without nobody's events."""
        return self._of(slice(int(self.customer.searchsorted(1)), None))

    def sessions(self, gap: int) -> Ints:
        """The places at which sessions begin: after a pause longer than ``gap`` microseconds, and where a customer's
        events do. Of customers alone.
        """
        other = np.diff(self.customer, prepend=0) != 0
        return np.flatnonzero(other | (np.diff(self.moment, prepend=0) > gap))

    def _of(self, kept: Marks | slice) -> Course:
        moment, channel = self.moment[kept], self.channel[kept]
        return Course(self.customer[kept], moment, channel, self.personal[kept], self.channels)


@dataclass(frozen=True, slots=True)
class Held:
    """By the number of a customer: how many linking identifiers it holds, and whether one of them names a person."""

    identifiers: Ints
    known: Marks


def by_query(connection: DuckDBPyConnection, rows: str) -> Course:
    """The course of all events of ``rows``; O(n log n)."""
    return _course(_marked(connection.sql(SORTED.format(rows=rows)).to_arrow_table()))


def by_file(path: Path, later: pa.Table | None, room: int) -> Course:
    """The same of a file in that order and of events that came ``later``, see ``in_order.by_file``; O(n)."""
    with pq.ParquetFile(path, read_dictionary=[TYPE, "channel"]) as file:
        rows = file.read(columns=COLUMNS if later is None else [*COLUMNS, "event_id"])
        # one group after the other, as each has a dictionary of its own: a tenth of the price of reading texts
        groups = [file.read_row_group(one, [TYPE], use_threads=False) for one in range(file.num_row_groups)]
    marks = [_personal(chunk) for group in groups for chunk in group["identifiers"].chunks]
    rows = rows.append_column("personal", pa.array(np.concatenate([np.zeros(0, np.bool_), *marks])))
    return _course(rows if later is None else merged(rows, _marked(later), room))


def held_by(members: pa.Table, customers: int) -> Held:
    """What the customers with numbers up to ``customers`` hold by a population's ``members``."""
    linking = members.filter(pc.and_(pc.greater(members["customer"], 0), pc.equal(members["status"], "linking")))
    customer = whole(linking, "customer")
    persons = customer[~pc.is_in(linking["type"], value_set=ANONYMOUS).to_numpy()]
    least = 1 + max(customers, int(customer.max(initial=0)))
    return Held(np.bincount(customer, minlength=least), np.bincount(persons, minlength=least) > 0)


def _course(rows: pa.Table) -> Course:
    channel = named(rows["channel"], NO_NAME)
    arrays = whole(rows, "customer"), whole(rows, "timestamp"), channel.codes, rows["personal"].to_numpy()
    return Course(*arrays, channel.names)


def _marked(rows: pa.Table) -> pa.Table:
    """Rows with a mark instead of their identifiers, channels as a dictionary."""
    marks = [_personal(chunk) for chunk in rows["identifiers"].chunks]
    column = pa.array(np.concatenate([np.zeros(0, np.bool_), *marks]))
    return coded(rows.drop_columns(["identifiers"]).append_column("personal", column), "channel")


def _personal(identifiers: pa.ListArray) -> Marks:
    """For each list of identifiers whether one of them names a person."""
    types = identifiers.flatten().field("type")
    types = types if pa.types.is_dictionary(types.type) else types.dictionary_encode()
    named = ~pc.is_in(types.dictionary, value_set=ANONYMOUS).to_numpy(zero_copy_only=False)
    count = np.r_[0, np.cumsum(named[types.indices.to_numpy()])]
    ends = np.cumsum(pc.list_value_length(identifiers).fill_null(0).to_numpy())
    starts = np.r_[0, ends[:-1]]
    return np.asarray(count[ends] > count[starts])
