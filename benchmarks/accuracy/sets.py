"""Records with known answers: read through ordinary mapping files, so that no column's name stands in code."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.accuracy.made import made
from knotwork_resolvers.match import Records

HERE = Path(__file__).parent
DATA = Path(os.environ.get("KNOTWORK_SHARED_DATA", "shared-data"))


@dataclass(frozen=True, slots=True)
class KnownSet:
    """``table``: ``id`` and a column for each kind (texts); ``roles`` of identifiers; ``truth``: a number a row."""

    name: str
    table: Any
    roles: dict[str, Any]
    truth: Any

    def records(self) -> Records:
        """The records to match."""
        return Records.of(self.table, self.roles)


def febrl(number: int) -> KnownSet:
    """The person is the number within ``rec_id``."""
    rows = read(DATA / "febrl" / f"dataset{number}.csv")
    truth = [re.findall(r"\d+", text)[0] for text in rows["rec_id"].to_pylist()]
    return mapped(f"FEBRL{number}", rows, "febrl", truth)


def fake_1000() -> KnownSet:
    """The person is ``cluster``."""
    rows = read(DATA / "fake_1000" / "fake_1000.csv")
    return mapped("fake_1000", rows, "fake_1000", rows["cluster"].to_pylist())


def restaurants() -> KnownSet:
    """Pairs are listed; no restaurant is in two."""
    rows = read(DATA / "restaurants" / "restaurantProfiles.csv", "|")
    pairs = [line.split("|") for line in (DATA / "restaurants" / "duplicates.csv").read_text().split()]
    first = {two: one for one, two in pairs}
    return mapped("restaurants", rows, "restaurants", [first.get(one, one) for one in rows["id"].to_pylist()])


def made_people(count: int) -> KnownSet:
    """People made here."""
    table, truth = made(count)
    return KnownSet(f"made {count:,}", table, {}, truth)


def read(path: Path, delimiter: str = ",") -> Any:
    """The columns of a file as texts without blanks around them; nothing for what is empty."""
    query = "SELECT * FROM read_csv($path, all_varchar = true, header = true, delim = $delimiter, quote = $quote)"
    quote = "" if delimiter == "|" else '"'
    with duckdb.connect() as connection:
        table = connection.sql(
            query, params={"path": str(path), "delimiter": delimiter, "quote": quote}
        ).to_arrow_table()
    table = table.rename_columns([name.strip() for name in table.column_names])
    return pa.table({name: bare(table[name]) for name in table.column_names})


def bare(column: Any) -> Any:
    """Texts without blanks around them, none where nothing is left."""
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def mapped(name: str, rows: Any, mapping: str, truth: list[str]) -> KnownSet:
    """``rows`` as their mapping file says."""
    said = tomllib.loads((HERE / "mappings" / f"{mapping}.toml").read_text(encoding="utf-8"))
    identifiers = {
        kind: column for kind, column in said["identifiers"].items() if column != said["source"]["message_id"]
    }
    kinds = {**identifiers, **said["traits"]}
    columns = {"id": np.arange(len(rows)), **{kind: rows[column] for kind, column in kinds.items()}}
    roles = {kind: "identifier" for kind in identifiers if kind not in {"phone", "email"}}
    return KnownSet(name, pa.table(columns), roles, np.unique(np.array(truth), return_inverse=True)[1])


SETS: dict[str, Callable[[], KnownSet]] = {
    "febrl1": lambda: febrl(1),
    "febrl2": lambda: febrl(2),
    "febrl3": lambda: febrl(3),
    "fake_1000": fake_1000,
    "restaurants": restaurants,
    "made_50000": lambda: made_people(50_000),
}
