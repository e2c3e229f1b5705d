"""What the paths of a load mean: which files, of which form, and how each is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from knotwork_graph.errors import InputError, MappingError
from knotwork_resolvers.loading import csv_rows, lines, parquet_rows
from knotwork_resolvers.loading.block import BLOCK_BYTES, Block
from knotwork_resolvers.loading.mapping import Mapping
from knotwork_resolvers.loading.opening import ENDINGS, PARTLY, opened, read_errors, unpacked

STANDARD_INPUT = Path("-")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
FORMS = {
    "json": frozenset({".jsonl", ".json", ".ndjson"}),
    "csv": frozenset({".csv", ".tsv", ".txt"}),
    "parquet": frozenset({".parquet", ".pq"}),
}
KNOWN = "JSON lines (.jsonl, .json, .ndjson), CSV (.csv, .tsv, .txt), both also with .gz or .zst, or Parquet (.parquet)"


@dataclass(frozen=True, slots=True)
class Input:
    """One file or stream, ready to be read as blocks."""

    name: str
    blocks: Callable[[], Iterator[Block]]


def inputs(
    paths: Sequence[Path] | BinaryIO, mapping: Mapping | None = None, block_bytes: int = BLOCK_BYTES
) -> list[Input]:
    """All inputs in order, each looked at once. Raises ``InputError`` or ``MappingError`` if one is of no use.

    JSON lines will come in blocks of about ``block_bytes``.
    """
    if not isinstance(paths, Sequence):
        return [_stream(paths, block_bytes)]
    files: list[Path] = []
    for path in map(Path, paths):
        with read_errors(path):
            files += _files(path)
    if not files:
        raise InputError("nothing to load: give at least one file, a folder, or - for standard input.")
    if mapping is not None and all(_form(file) == "json" for file in files):
        raise MappingError(
            f"{mapping.file}: a mapping is for CSV and Parquet; JSON lines name their fields themselves. "
            "Load these files without --mapping."
        )
    return [_input(file, mapping, block_bytes) for file in files]


def _files(path: Path) -> list[Path]:
    """The files behind one path: itself, or all that a folder holds below it, sorted."""
    if path == STANDARD_INPUT or path.is_file():
        return [path]
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder. Check the name, and the folder you stand in.")
    if not path.is_dir():
        return [path]
    if _form_of_name(path):
        raise InputError(
            f"{path}: this is a folder, though its name ends like a file's. Give the files in it, or rename it."
        )
    found = sorted(
        file for file in path.rglob("*") if file.is_file() and not _hidden(path, file) and _form_of_name(file)
    )
    if not found:
        raise InputError(f"{path}: this folder holds no file that can be loaded. Knotwork reads {KNOWN}.")
    return found


def _hidden(folder: Path, file: Path) -> bool:
    """Whether the file, or a folder on the way to it, is hidden."""
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _form_of_name(file: Path) -> str:
    """``json``, ``csv``, ``parquet`` or nothing, as the ending tells; ``.gz`` or ``.zst`` may follow it."""
    name = Path(file.name.lower())
    ending = Path(name.stem).suffix if name.suffix in ENDINGS else name.suffix
    return next((form for form, endings in FORMS.items() if ending in endings), "")


def _form(file: Path) -> str:
    """The form of a file; standard input is JSON lines, and so is a pipe without an ending."""
    form = _form_of_name(file)
    if form:
        return form
    if file == STANDARD_INPUT or not file.is_file():
        return "json"
    raise InputError(f"{file}: the name does not tell what this file is. Knotwork reads {KNOWN}.")


def _input(file: Path, mapping: Mapping | None, block_bytes: int) -> Input:
    """The input that one file is, after a first look into it."""
    if file == STANDARD_INPUT:
        return _stream(sys.stdin.buffer, block_bytes)
    form = _form(file)
    if not file.is_file():
        return Input(str(file), partial(_pipe_blocks, file, block_bytes))
    _look(file, form)
    if form == "json":
        return Input(str(file), partial(_json_blocks, file, block_bytes))
    prepare = parquet_rows.prepare if form == "parquet" else csv_rows.prepare
    return Input(str(file), prepare(file, mapping))


def _look(file: Path, form: str) -> None:
    """Nothing comes back where the file can be read; else ``InputError``."""
    with read_errors(file), opened(file) as stream:
        start = stream.read(4)
    if form == "json" and start[:2] in UTF16_MARKS:
        raise InputError(f"{file}: this file is UTF-16. Save it as UTF-8, then load it again.")


def _json_blocks(file: Path, block_bytes: int) -> Iterator[Block]:
    """The blocks of a file of JSON lines."""
    with read_errors(file, PARTLY), opened(file) as stream:
        yield from lines.blocks(str(file), stream, block_bytes)


def _pipe_blocks(file: Path, block_bytes: int) -> Iterator[Block]:
    """The blocks of a named pipe, which can be opened once only."""
    with read_errors(file, PARTLY), file.open("rb") as stream:
        yield from lines.blocks(str(file), unpacked(stream), block_bytes)


def _stream(stream: BinaryIO, block_bytes: int) -> Input:
    """The input that an open stream of JSON lines is, packed or not."""
    return Input("standard input", partial(_stream_blocks, stream, block_bytes))


def _stream_blocks(stream: BinaryIO, block_bytes: int) -> Iterator[Block]:
    """The blocks of a stream; its first bytes tell whether it is packed."""
    with read_errors("standard input", PARTLY):
        yield from lines.blocks("standard input", unpacked(stream), block_bytes)
