"""Parquet by the event's own names in all the types that programs write, and through a mapping."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from knotwork_graph.errors import InputError, MappingError
from knotwork_graph.facts import FactLog, read_dead_letters
from knotwork_resolvers.loading import Mapping, load

Facts = Callable[..., list[Any]]
Read = Callable[[str], Mapping]

IDENTIFIERS = {
    "a map of lists": "MAP {'email': ['a', 'b'], 'phone': ['1']}",
    "a structure": "{'email': ['a', 'b'], 'phone': '1'}",
    "a structure with a NULL": "{'email': ['a', 'b'], 'phone': 1, 'cookie': NULL}",
    "JSON text": """'{"email": ["a", "b"], "phone": 1}'""",
}
TIMES = {
    "text": "'2026-03-01T09:30:00+07:00'",
    "a moment": "TIMESTAMPTZ '2026-03-01 09:30:00+07:00'",
    "a time without a zone": "TIMESTAMP '2026-03-01 02:30:00'",
    "nanoseconds": "TIMESTAMP_NS '2026-03-01 02:30:00.000000999'",
}
PARTS = {
    "JSON text": """'{"name": "Lan", "age": 30}'""",
    "a structure": "{'name': 'Lan', 'age': 30}",
}
MOMENT = datetime(2026, 3, 1, 2, 30)  # noqa: DTZ001 - the column holds UTC without saying so


def made(folder: Path, query: str) -> Path:
    """A Parquet file of what the query gives."""
    file = folder / "events.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
    return file


def query(
    identifiers: str = IDENTIFIERS["a map of lists"], time: str = TIMES["text"], traits: str = PARTS["JSON text"]
) -> str:
    columns = {"source": "'crm'", "message_id": "7", "timestamp": time, "identifiers": identifiers, "traits": traits}
    return "SELECT " + ", ".join(f"{value} AS {name}" for name, value in columns.items())


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_identifiers_come_in_many_types(kind: str, log: FactLog, tmp_path: Path, facts: Facts) -> None:
    load([made(tmp_path, query(identifiers=IDENTIFIERS[kind]))], log)
    assert [(pair["type"], pair["value"]) for pair in facts("identifiers")[0]] == [
        ("email", "a"),
        ("email", "b"),
        ("phone", "1"),
    ]


@pytest.mark.parametrize("kind", TIMES)
def test_times_come_in_many_types(kind: str, log: FactLog, tmp_path: Path, facts: Facts) -> None:
    load([made(tmp_path, query(time=TIMES[kind]))], log)
    assert facts("timestamp", "message_id") == [(MOMENT, "7")]


@pytest.mark.parametrize("kind", PARTS)
def test_traits_come_as_text_or_structure(kind: str, log: FactLog, tmp_path: Path, facts: Facts) -> None:
    load([made(tmp_path, query(traits=PARTS[kind]))], log)
    assert json.loads(facts("traits")[0]) == {"name": "Lan", "age": 30}


def test_columns_that_are_no_part_of_an_event_are_kept(log: FactLog, tmp_path: Path, facts: Facts) -> None:
    load([made(tmp_path, query() + ", 'x' AS browser, NULL::INT AS nothing")], log)
    assert json.loads(facts("extra")[0])["browser"] == "x"


def test_a_bad_row_is_named_by_its_number(log: FactLog, tmp_path: Path) -> None:
    rows = query(time="'2026-03-0' || range").replace("7 AS", "range AS") + " FROM range(0, 10)"
    report = load([made(tmp_path, rows)], log)
    (letter,) = read_dead_letters(Path(report.dead_letters))
    assert (report.accepted, letter.line, letter.reason[:22]) == (9, 1, "`timestamp` 2026-03-00")


def test_a_mapping_reads_any_table(
    log: FactLog, tmp_path: Path, mapping: Callable[[str], Mapping], facts: Facts
) -> None:
    text = """
    [source]
    name = "till"
    timestamp = "sold at"
    timezone = "Asia/Ho_Chi_Minh"
    message_id = "no"
    [identifiers]
    loyalty_card = "card"
    phone = "phones"
    [properties]
    revenue = "amount"
    [consent]
    ads = "ads"
    """
    table = """SELECT 1 AS no, TIMESTAMP '2026-03-01 09:30:00' AS "sold at", 8001.0::DOUBLE AS card,
        ['0903', NULL] AS phones, 9.5 AS amount, true AS ads
    UNION ALL SELECT 2, TIMESTAMP '2026-03-01 09:30:00', 'nan'::DOUBLE, ['0904'], NULL, NULL"""
    assert load([made(tmp_path, table)], log, mapping=mapping(text)).accepted == 2
    rows = facts("timestamp", "identifiers", "properties", "consent")
    assert rows[0][0] == MOMENT
    assert rows[0][1] == [{"type": "loyalty_card", "value": "8001"}, {"type": "phone", "value": "0903"}]
    assert [json.loads(part) for part in rows[0][2:]] == [{"revenue": 9.5}, {"ads": True}]
    assert rows[1][1] == [{"type": "phone", "value": "0904"}]


def test_a_row_without_a_message_id_is_known_by_its_values(log: FactLog, tmp_path: Path, mapping: Read) -> None:
    text = '[source]\nname = "x"\ntimestamp = "t"\n[identifiers]\nemail = "e"'
    table = "SELECT DATE '2026-03-01' AS t, e, 1 AS other FROM (VALUES ('a'), ('b'), ('a')) v(e)"
    report = load([made(tmp_path, table)], log, mapping=mapping(text))
    assert (report.accepted, report.duplicate) == (2, 1)


def test_what_parquet_does_not_fit_is_said(log: FactLog, tmp_path: Path) -> None:
    with pytest.raises(
        MappingError, match=r"has no column 'identifiers', so it needs a mapping. Did you mean 'identifier'\?"
    ):
        load(
            [made(tmp_path, "SELECT 'a' AS source, 1 AS message_id, '2026-03-01' AS timestamp, 'x' AS identifier")], log
        )


def test_what_is_no_parquet_is_said(log: FactLog, tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    file.write_bytes(b"this is no Parquet at all")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        load([file], log)
