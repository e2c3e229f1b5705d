"""Which places fall into which piece of something that lies in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def by_piece(places: NDArray[np.int64], begins: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each piece that holds some of the ``places`` (ascending), with these counted from where it ``begins``."""
    import numpy as np

    if not len(places):
        return
    of = np.searchsorted(begins, places, side="right") - 1
    pieces, firsts = np.unique(of, return_index=True)
    yield from zip(pieces.tolist(), np.split(places - begins[of], firsts[1:]), strict=True)
