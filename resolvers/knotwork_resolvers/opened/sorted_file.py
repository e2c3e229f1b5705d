"""A Parquet file sorted by its first column, a number: the rows of one number lie together.

Read through Arrow, whose cost does not grow with the file; a query engine plans over every row group of it first, which
alone takes longer than all this.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knotwork_resolvers.opened.sharing import by_piece

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray


class SortedFile:
    """An open file, and the first and last number of each of its row groups. One thread at a time."""

    def __init__(self, path: Path, key: str) -> None:
        import numpy as np
        import pyarrow.parquet as pq

        self.path, self._key = path, key
        metadata = pq.read_metadata(path)
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        self._parquet = pq.ParquetFile(path, metadata=metadata, memory_map=True, read_dictionary=_worded(groups))
        ends = [group.column(0).statistics for group in groups]
        self._low = np.array([one.min for one in ends], np.int64)
        self._high = np.array([one.max for one in ends], np.int64)
        self._begins = np.cumsum([0, *(group.num_rows for group in groups)], dtype=np.int64)
        self._recent: tuple[Any, pa.Table] | None = None

    def close(self) -> None:
        """Give back the file."""
        self._parquet.close()

    def __len__(self) -> int:
        return int(self._begins[-1])

    def rows(self, number: int, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one number, in the order of the file; ``key`` is among the ``columns``, if these are named."""
        first, last = self._high.searchsorted(number), self._low.searchsorted(number, side="right")
        found = self._groups(tuple(range(int(first), int(last))), columns)
        start, end = found[self._key].to_numpy().searchsorted([number, number + 1])
        return spelt(found.slice(int(start), int(end - start)))

    def between(self, begin: int, end: int, columns: Sequence[str]) -> pa.Table:
        """The rows at the places from ``begin`` to before ``end``, one at least."""
        first = int(self._begins.searchsorted(begin, side="right")) - 1
        found = self._groups(tuple(range(first, int(self._begins.searchsorted(end)))), columns)
        return spelt(found.slice(begin - int(self._begins[first]), end - begin))

    def at(self, places: NDArray[np.int64], columns: Sequence[str] | None = None) -> pa.Table:
        """The rows at these places (ascending, counted from 0)."""
        import pyarrow as pa

        shares = by_piece(places, self._begins)
        pieces = [spelt(self._groups((group,), columns).take(share)) for group, share in shares]
        return pa.concat_tables(pieces) if pieces else spelt(self._groups((), columns))

    def _groups(self, groups: tuple[int, ...], columns: Sequence[str] | None) -> pa.Table:
        wanted = groups, None if columns is None else tuple(columns)
        if self._recent is None or self._recent[0] != wanted:  # neighbours on a page mostly share their group
            self._recent = wanted, self._parquet.read_row_groups(list(groups), columns=columns, use_threads=False)
        return self._recent[1]


def spelt(rows: pa.Table) -> pa.Table:
    """Few rows with their words written out."""
    import pyarrow as pa

    columns = [_spelt(column) if pa.types.is_dictionary(column.type) else column for column in rows.columns]
    return pa.Table.from_arrays(columns, names=rows.column_names)


def _spelt(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array([one.dictionary.take(one.indices) for one in column.chunks], column.type.value_type)


def _worded(groups: Sequence[pq.RowGroupMetaData]) -> list[str]:
    """The columns of texts that the file keeps as numbers of words: of a group most rows are never spelt out."""
    columns = [groups[0].column(number) for number in range(groups[0].num_columns)] if groups else []
    return [
        one.path_in_schema
        for one in columns
        if one.physical_type == "BYTE_ARRAY" and "." not in one.path_in_schema and _has_words(one)
    ]


def _has_words(column: pq.ColumnChunkMetaData) -> bool:
    return any("DICTIONARY" in encoding for encoding in column.encodings)
