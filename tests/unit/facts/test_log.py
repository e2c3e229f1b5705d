"""The fact log: what is appended is there, whole and in order, and leftovers of the dead are swept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from knotwork_graph.errors import StoreError
from knotwork_graph.facts import EVENT_COLUMNS, FactLog, scan
from knotwork_graph.facts.schema import KEY_SQL, SQL_TYPES
from knotwork_graph.facts.segment import ROW_GROUP
from tests.unit.facts.told import events, key

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> FactLog:
    return FactLog(tmp_path / "data" / "facts")


def read(log: FactLog, columns: str) -> list[Any]:
    return duckdb.sql(f"SELECT {columns} FROM {scan([one.path for one in log.segments()])}").fetchall()


def test_reading_an_empty_log_writes_nothing(log: FactLog) -> None:
    assert (log.segments(), log.event_count(), log.newest_timestamp()) == ((), 0, None)
    assert read(log, "*") == []
    assert not log.folder.exists()


def test_segments_are_numbered_and_say_what_they_hold(log: FactLog) -> None:
    log.append(events("a", "b", day=5), NOW)
    log.append(events("c", day=3), NOW)
    one, two = log.segments()
    assert (one.number, one.events, one.first_event, one.last_event) == (1, 2, 1, 2)
    assert (two.number, two.events, two.first_event, two.last_event) == (2, 1, 3, 3)
    assert (one.first_timestamp, two.last_timestamp) == (
        datetime(2026, 3, 5, 12, tzinfo=UTC),
        datetime(2026, 3, 3, 12, tzinfo=UTC),
    )
    assert (one.created, log.event_count(), log.newest_timestamp()) == (NOW, 3, one.last_timestamp)


def test_no_events_make_no_segment(log: FactLog) -> None:
    assert log.append(events()) is None
    assert log.segments() == ()


def test_event_ids_ascend_in_the_order_received(log: FactLog) -> None:
    log.append(events("c", "a", "b"))
    log.append(events("e", "d"))
    assert sorted(read(log, "event_id, message_id")) == [(1, "c"), (2, "a"), (3, "b"), (4, "e"), (5, "d")]


def test_the_columns_are_what_other_programs_rely_on(log: FactLog) -> None:
    log.append(events("a"))
    for paths in ([one.path for one in log.segments()], []):
        described = duckdb.sql(f"DESCRIBE SELECT * FROM {scan(paths)}").fetchall()
        assert [row[0] for row in described] == list(EVENT_COLUMNS)
        kinds = [SQL_TYPES.get(name, "VARCHAR").replace("type VARCHAR", '"type" VARCHAR') for name in EVENT_COLUMNS]
        assert [row[1].replace('"value"', "value") for row in described] == kinds


def test_a_key_is_the_beginning_of_an_md5(log: FactLog) -> None:
    log.append(events("m-1", "Đặng"))
    assert [row[0] for row in read(log, f"key = {KEY_SQL}")] == [True, True]


def test_row_groups_hold_about_a_hundred_thousand_rows(log: FactLog) -> None:
    log.append(events("a").take([0] * (ROW_GROUP + 10)))
    path = log.segments()[0].path
    groups = duckdb.sql(f"SELECT DISTINCT row_group_num_rows FROM parquet_metadata('{path}') ORDER BY 1").fetchall()
    assert groups == [(10,), (ROW_GROUP,)]


def test_leftovers_are_swept_before_the_first_append(log: FactLog) -> None:
    log.append(events("a"))
    for name in ("00000002.parquet", "00000002.parquet.tmp", "00000001.parquet.tmp"):
        (log.folder / name).write_bytes(b"half")
    again = FactLog(log.folder)
    assert again.event_count() == 1, "reading does not mind them"
    assert [path.name for path in again.sweep()] == ["00000001.parquet.tmp", "00000002.parquet", "00000002.parquet.tmp"]
    again.append(events("b"))
    assert sorted(read(again, "message_id")) == [("a",), ("b",)]


def test_a_writer_killed_in_its_first_moment_leaves_an_empty_log(log: FactLog) -> None:
    log.folder.mkdir(parents=True)
    (log.folder / "catalogue.db").touch()
    assert log.segments() == ()
    log.append(events("a"))
    assert log.event_count() == 1


def test_half_a_file_of_dead_letters_is_swept(log: FactLog) -> None:
    log.dead_letters.mkdir(parents=True)
    (log.dead_letters / "20260301T000000Z-1.jsonl").write_text("whole")
    (log.dead_letters / "20260301T000000Z-2.jsonl.tmp").write_text("half")
    log.sweep()
    assert [path.name for path in log.dead_letters.iterdir()] == ["20260301T000000Z-1.jsonl"]


def test_a_catalogue_that_is_none_is_said_in_words(log: FactLog) -> None:
    log.folder.mkdir(parents=True)
    (log.folder / "catalogue.db").write_bytes(b"this is no database, and long enough to be told from one" * 20)
    with pytest.raises(StoreError, match="the disk refused to read or write"):
        log.segments()


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should")
    with pytest.raises(StoreError, match="Check that it is there and yours"):
        FactLog(tmp_path / "data" / "facts").append(events("a"))


def test_stored_events_are_found_by_key(log: FactLog) -> None:
    for day in range(1, 6):
        log.append(events(*(f"{day}-{number}" for number in range(100)), day=day))
    wanted = [key("web", name) for name in ("1-0", "5-99", "3-50", "nobody")]
    with duckdb.connect() as connection:
        found = log.stored(connection, pa.array(wanted, pa.uint64()))
        nothing = log.stored(connection, pa.array([1], pa.uint64()))
    assert sorted(found["message_id"].to_pylist()) == ["1-0", "3-50", "5-99"]
    assert (len(nothing), nothing.column_names) == (0, found.column_names)
