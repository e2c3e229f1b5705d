"""Decisions as a file of JSON lines: what outlives any store, and goes from one workspace to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from knotwork_graph.errors import InputError, UsageError
from knotwork_graph.facts import disk_errors
from knotwork_graph.facts.disk import put_in_place
from knotwork_graph.journal import line_of, record_of
from knotwork_graph.model import Recorded

Placed = tuple[str, Recorded]
"""A record, and where it was read: the file and the line."""


def write_decisions(records: Sequence[Recorded], out: str | Path | TextIO) -> int:
    """Write ``records`` to a file (put in place when it is complete) or to a stream; how many there were."""
    lines = "".join(map(line_of, records))
    if not isinstance(out, str | Path):
        out.write(lines)
        return len(records)
    path = Path(out)
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder. Make it first, or write elsewhere.")
    with disk_errors(path.parent):
        beside = path.with_name(f".{path.name}.part")
        beside.write_text(lines, encoding="utf-8")
        put_in_place(beside, path)
    return len(records)


def read_decisions(source: str | Path | TextIO) -> tuple[Placed, ...]:
    """The records of a file or a stream, in their order. Raises ``InputError`` with the line."""
    name = str(source) if isinstance(source, str | Path) else "standard input"
    try:
        text = Path(source).read_text(encoding="utf-8-sig") if isinstance(source, str | Path) else source.read()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}. Name a file of decisions.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is no text in UTF-8. Name a file that `knotwork decisions export` wrote.") from error
    return tuple(_records(name, text))


def _records(name: str, text: str) -> Iterator[Placed]:
    for place, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield f"{name}: line {place}", record_of(line)
            except ValueError as error:
                raise InputError(
                    f"{name}: line {place} is no record of a decision ({error}). Nothing was imported."
                ) from error
