"""A block: some lines of one file, with what is already known to be wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEGABYTE = 1 << 20
BLOCK_BYTES = 64 * MEGABYTE
LONGEST_LINE = 16 * MEGABYTE
KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused row: its line, the reason with its details, the reason to count it under, and the row itself."""

    line: int
    reason: str
    kind: str
    row: Any


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of ``file``: each an event as JSON text, or null where it is blank or already refused.

    ``lines`` is an Arrow large string array; ``numbers`` are the line numbers in the file, one for each line.
    """

    file: str
    lines: Any
    numbers: NDArray[np.int64]
    refused: Sequence[Refusal] = ()


def kept(raw: bytes | memoryview) -> str:
    """The text of a row for a dead letter; bytes that are no UTF-8 are written as ``\\xff``."""
    return bytes(raw).decode("utf-8", "backslashreplace").rstrip("\r\n")
