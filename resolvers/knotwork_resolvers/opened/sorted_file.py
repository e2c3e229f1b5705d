"""A Parquet file sorted by its first column, a number: the rows of one number lie together.

Read through Arrow, whose cost does not grow with the file; a query engine plans over every row group of it first, which
alone takes longer than all this.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class SortedFile:
    """An open file, and the first and last number of each of its row groups. One thread at a time."""

    def __init__(self, path: Path, key: str) -> None:
        import numpy as np
        import pyarrow.parquet as pq

        self.path, self._key = path, key
        self._parquet = pq.ParquetFile(path)
        groups = [self._parquet.metadata.row_group(number) for number in range(self._parquet.num_row_groups)]
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
        """The rows of one number, in the order of the file."""
        first, last = self._high.searchsorted(number), self._low.searchsorted(number, side="right")
        found = self._groups(tuple(range(int(first), int(last))), columns)
        start, end = found[self._key].to_numpy().searchsorted([number, number + 1])
        return found.slice(int(start), int(end - start))

    def of_all(self, numbers: NDArray[np.int64]) -> pa.Table:
        """The rows of all these numbers (ascending), in the order of the file; reads no row group twice."""
        import numpy as np

        first, last = self._high.searchsorted(numbers), self._low.searchsorted(numbers, side="right")
        groups = sorted(
            {group for one, other in zip(first.tolist(), last.tolist(), strict=True) for group in range(one, other)}
        )
        found = self._groups(tuple(groups), None)
        keys = found[self._key].to_numpy()
        starts, ends = keys.searchsorted(numbers), keys.searchsorted(numbers, side="right")
        held = [np.arange(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True) if start < end]
        return found.take(np.concatenate(held)) if held else found.slice(0, 0)

    def at(self, places: NDArray[np.int64], columns: Sequence[str] | None = None) -> pa.Table:
        """The rows at these places (ascending, counted from 0)."""
        import numpy as np
        import pyarrow as pa

        of = np.searchsorted(self._begins, places, side="right") - 1
        pieces = [
            self._groups((group,), columns).take(places[of == group] - self._begins[group])
            for group in np.unique(of).tolist()
        ]
        return pa.concat_tables(pieces) if pieces else self._groups((), columns)

    def _groups(self, groups: tuple[int, ...], columns: Sequence[str] | None) -> pa.Table:
        wanted = groups, None if columns is None else tuple(columns)
        if self._recent is None or self._recent[0] != wanted:  # neighbours on a page mostly share their group
            self._recent = wanted, self._parquet.read_row_groups(list(groups), columns=columns, use_threads=False)
        return self._recent[1]
