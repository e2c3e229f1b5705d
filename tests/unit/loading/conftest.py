"""A fact log in a folder of its own, files of lines, and a look at what the log holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from knotwork_graph.facts import FactLog, read_dead_letters, scan
from knotwork_graph.model import LoadReport
from knotwork_resolvers.loading import Mapping, load, read_mapping
from tests.unit.loading.made_events import as_bytes


@pytest.fixture
def log(tmp_path: Path) -> FactLog:
    return FactLog(tmp_path / "data" / "facts")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A file of the given lines: texts, bytes, or values to be written as JSON."""

    def written(*lines: object, name: str = "events.jsonl") -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\n".join(map(as_bytes, lines)) + b"\n")
        return file

    return written


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[[str], Mapping]:
    """The mapping that a TOML text says."""

    def read(text: str) -> Mapping:
        file = tmp_path / "mapping.toml"
        file.write_text(text, "utf-8")
        return read_mapping(file)

    return read


@pytest.fixture
def loaded(log: FactLog, write: Callable[..., Path]) -> Callable[..., LoadReport]:
    """The report of loading these lines into ``log``."""
    return lambda *lines, **options: load([write(*lines)], log, **options)


@pytest.fixture
def facts(log: FactLog) -> Callable[..., list[Any]]:
    """All events of ``log`` in the order received: tuples of the columns asked for, plain values of a single one."""

    def asked(*columns: str) -> list[Any]:
        paths = [segment.path for segment in log.segments()]
        rows = duckdb.sql(f"SELECT {', '.join(columns)} FROM {scan(paths)} ORDER BY event_id").fetchall()
        return rows if len(columns) > 1 else [value for (value,) in rows]

    return asked


@pytest.fixture
def reasons(log: FactLog) -> Callable[[LoadReport], list[str]]:
    """The reasons in the dead letters of a load, in the order of the lines."""
    return lambda report: [letter.reason for letter in read_dead_letters(Path(report.dead_letters))]
