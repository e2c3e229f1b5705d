"""The large tables of a graph as columns of the files of an import: no row of them passes through Python.

Ids have no gaps, so an identifier's key is found by its id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.model.customer import ALPHABET, DIGITS, PREFIX
from knotwork_graph.neo4j.words import CHANGES, STATUSES, ints

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

IDENTIFIERS, EDGES, TRAITS, SHOWED = "identifiers", "seen_with", "traits", "showed"
MEMBERS, CUSTOMERS, CHANGED = "belongs_to", "customers", "changes"
Columns = list[Any]


class Columned:
    """Pieces of the large tables as columns, for the files of which they become part; ``pending`` were touched last."""

    def __init__(self, pending: set[int], between: str) -> None:
        self._pending = ints(sorted(pending))
        self._between = between
        self._keys: list[pa.Array] = []
        self._first = 1
        self._whole: pa.Array | None = None
        self._written = np.zeros(1, np.bool_)
        self._traits: dict[str, int] = {}
        self._place = 0

    def files(self, table: str, piece: pa.Table) -> Iterator[tuple[str, Columns]] | None:
        """The files that a piece of a table is written to, each with its columns; None for the smaller tables."""
        makers = {
            "identifiers": self._identifiers,
            "edges": self._edges,
            "traits": self._shown,
            "memberships": self._members,
            "changes": self._changes,
        }
        return makers[table](piece) if table in makers else None

    def customers(self, numbers: Ints) -> Columns:
        """Those of the customer ``numbers`` that were not written yet, as columns."""
        marks = np.zeros(max(len(self._written), int(numbers.max(initial=0)) + 1), np.bool_)
        marks[numbers] = True
        marks[0] = False
        marks[: len(self._written)] &= ~self._written
        new = np.flatnonzero(marks)
        marks[: len(self._written)] |= self._written
        self._written = marks
        return [new, customer_ids(new), new]

    def _identifiers(self, rows: pa.Table) -> Iterator[tuple[str, Columns]]:
        import pyarrow.compute as pc

        keys = pc.binary_join_element_wise(rows["type"], rows["value"], ":").combine_chunks()
        self._keys.append(keys)
        ids = rows["id"].to_numpy()
        touched = pc.if_else(np.isin(ids, self._pending), 1, None)
        said = [keys, rows["type"], rows["value"], _word(rows["status"], STATUSES), _or_none(rows["reason"])]
        yield IDENTIFIERS, [ids, *said, rows["events"], rows["first_seen"], rows["last_seen"], ids, touched]

    def _edges(self, rows: pa.Table) -> Iterator[tuple[str, Columns]]:
        """From the smaller key to the larger: the order of the bytes of UTF-8 is that of the signs."""
        import pyarrow.compute as pc

        a, b = rows["a"].to_numpy(), rows["b"].to_numpy()
        along = pc.less(self._key(a), self._key(b)).to_numpy(zero_copy_only=False)
        sources = pc.binary_join(rows["sources"], self._between)
        figures = [rows[name] for name in ("count", "vouched", "first_seen", "last_seen")]
        yield EDGES, [np.where(along, a, b), np.where(along, b, a), *figures, sources]

    def _shown(self, rows: pa.Table) -> Iterator[tuple[str, Columns]]:
        """Traits get numbers as ids: an import by numbers needs a third less of the processor than one by texts."""
        import pyarrow as pa
        import pyarrow.compute as pc

        new = sorted(set(rows["trait"].unique().to_pylist()) - self._traits.keys())
        self._traits |= {name: place for place, name in enumerate(new, len(self._traits) + 1)}
        yield TRAITS, [[self._traits[name] for name in new], new]
        place = pc.index_in(rows["trait"], pa.array(list(self._traits)))
        yield SHOWED, [rows["identifier"], pc.add(place, 1), rows["value_hash"]]

    def _members(self, rows: pa.Table) -> Iterator[tuple[str, Columns]]:
        yield CUSTOMERS, self.customers(rows["customer"].to_numpy())
        span = [rows["identifier"], rows["from_run"], _or_none(rows["to_run"])]
        yield MEMBERS, [*span, rows["customer"], _word(rows["status"], STATUSES), _or_none(rows["reason"])]

    def _changes(self, rows: pa.Table) -> Iterator[tuple[str, Columns]]:
        place = np.arange(self._place, self._place + len(rows))
        self._place += len(rows)
        said = [rows[name] for name in ("customer", "other", "identifiers", "cause")]
        yield CHANGED, [rows["run"], _word(rows["kind"], CHANGES), *said, place]

    def _key(self, ids: Ints) -> pa.Array:
        import pyarrow as pa

        if self._whole is None:
            self._whole = pa.concat_arrays([keys.cast(pa.large_string()) for keys in self._keys])
            self._keys = []
        return self._whole.take(pa.array(ids - self._first))


def _word(codes: pa.ChunkedArray, words: tuple[Any, ...]) -> pa.Array:
    import pyarrow as pa

    return pa.array([str(word) for word in words]).take(codes.combine_chunks())


def _or_none(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values, null where there is nothing: an empty text, or a run that is not there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = "" if pa.types.is_string(values.type) else 0
    return pc.if_else(pc.equal(values, nothing), pa.scalar(None, values.type), values)


def customer_ids(numbers: Ints) -> pa.Array:
    """The ids of customers, as ``customer_id`` has them; a hundred times as fast for many."""
    import pyarrow as pa

    places = 5 * np.arange(DIGITS)[::-1]
    digits = np.frombuffer(ALPHABET.encode(), np.uint8)[(numbers[:, None] >> places) & 31]
    signs = np.hstack([np.tile(np.frombuffer(PREFIX.encode(), np.uint8), (len(numbers), 1)), digits])
    width = len(PREFIX) + DIGITS
    return pa.array(np.ascontiguousarray(signs).view(f"S{width}").reshape(-1), pa.binary(width)).cast(pa.string())
