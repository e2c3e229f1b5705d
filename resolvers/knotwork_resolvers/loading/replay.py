"""Replaying dead letters: rows that were refused, perhaps mended by hand, are loaded again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO

from knotwork_graph.errors import InputError
from knotwork_graph.facts import DeadLetter, disk_errors, read_dead_letters
from knotwork_resolvers.loading.block import Block
from knotwork_resolvers.loading.inputs import Input

BATCH_ROWS = 50_000
REPLAYED = ".replayed"


def letters_of(paths: Sequence[Path] | BinaryIO) -> list[Input]:
    """The inputs that these dead-letter files are. Raises ``InputError`` where one is no such file."""
    if not isinstance(paths, Sequence) or not paths:
        raise InputError("--replay takes files of dead letters; they are in the workspace's data/dead_letters folder.")
    for path in paths:
        for _ in read_dead_letters(path):  # the whole file, so that a broken one is known before anything is loaded
            pass
    return [Input(str(path), partial(_blocks, path)) for path in paths]


def set_aside(paths: Sequence[Path] | BinaryIO) -> None:
    """Nothing comes back; the replayed files bear a name that says so."""
    for path in paths if isinstance(paths, Sequence) else ():
        with disk_errors(path.parent):
            path.rename(path.with_name(path.name + REPLAYED))


def _blocks(path: Path) -> Iterator[Block]:
    """The rows of the letters, under the file and line where each stood at first."""
    for file, letters in groupby(read_dead_letters(path), key=lambda letter: letter.file):
        while batch := list(islice(letters, BATCH_ROWS)):
            yield _block(file, batch)


def _block(file: str, letters: Iterable[DeadLetter]) -> Block:
    """The block of some letters of one file."""
    import numpy as np
    import pyarrow as pa

    rows = list(letters)
    lines = pa.array([_text(letter.row) for letter in rows], pa.large_string())
    return Block(file, lines, np.array([letter.line for letter in rows], np.int64))


def _text(row: Any) -> str:
    """The row as the text that is to be loaded."""
    return row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)
