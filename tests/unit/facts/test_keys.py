"""The key index finds what a scan of all keys finds, and is made again wherever it is missing, torn or of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork_graph.facts import FactLog, sieve
from knotwork_graph.facts import keys as key_index
from knotwork_graph.facts.keys import KeyIndex
from tests.unit.facts.told import events, key


@pytest.fixture
def log(tmp_path: Path) -> FactLog:
    return FactLog(tmp_path / "facts")


def filled(log: FactLog, sizes: list[int]) -> FactLog:
    """A log with a segment of each size."""
    for number, size in enumerate(sizes):
        log.append(events(*(f"{number}-{place}" for place in range(size))))
    return log


def scanned(log: FactLog, wanted: list[int]) -> list[int]:
    """What reading all segments finds."""
    rows = [row for one in log.segments() for row in pq.read_table(one.path, columns=["key", "event_id"]).to_pylist()]
    return sorted(row["event_id"] for row in rows if row["key"] in set(wanted))


def found(log: FactLog, wanted: list[int], index: KeyIndex | None = None) -> list[int]:
    return (index or KeyIndex(log.folder)).find(log.segments(), wanted).tolist()


def files(log: FactLog) -> list[str]:
    return sorted(path.name for path in (log.folder / "keys").iterdir())


def names(*message_ids: str) -> list[int]:
    return [key("web", name) for name in message_ids]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.data())
def test_the_index_finds_what_a_scan_finds(tmp_path_factory: Any, sizes: list[int], data: st.DataObject) -> None:
    log = filled(FactLog(tmp_path_factory.mktemp("log")), sizes)
    ids = st.tuples(st.integers(0, len(sizes)), st.integers(0, 45)).map(lambda pair: key("web", f"{pair[0]}-{pair[1]}"))
    wanted = data.draw(st.lists(ids, max_size=30))
    grown, opened = found(log, wanted, log._keys), found(log, wanted)
    assert grown == opened == scanned(log, wanted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.data())
def test_many_keys_are_found_as_few_are(tmp_path_factory: Any, sizes: list[int], data: st.DataObject) -> None:
    log, asked = filled(FactLog(tmp_path_factory.mktemp("log")), sizes[:-1]), data.draw(st.integers(0, 3))
    names = [f"{number}-{place}" for number in range(len(sizes) + 1) for place in range(45)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_index, "MANY", 0)
        patch.setattr(sieve, "LEAST_BITS", data.draw(st.integers(1, 12)))
        index = KeyIndex(log.folder)
        for _ in range(asked):
            found(log, [key("web", name) for name in names], index)
        last = log.append(events(*(f"{len(sizes) - 1}-{place}" for place in range(sizes[-1]))))
        assert last is not None
        index.add(last, *(pq.read_table(last.path)[name].to_numpy() for name in ("key", "event_id")))
        wanted = [key("web", name) for name in data.draw(st.permutations(names))]
        assert found(log, wanted, index) == scanned(log, wanted)


def test_of_many_new_keys_few_are_looked_for(log: FactLog, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(log, [50])
    looked: list[int] = []
    monkeypatch.setattr(key_index, "MANY", 100)

    def counted(_: Any, wanted: Any) -> list[int]:
        looked.append(len(wanted))
        return []

    monkeypatch.setattr(key_index, "_rows", counted)
    assert not found(log, names(*map(str, range(1_000))))
    assert sum(looked) < 100


def test_two_events_of_one_key_are_both_found(log: FactLog) -> None:
    log.append(events("a", "a", "b"))
    log.append(events("a"))
    assert found(log, names("a")) == [1, 2, 4]


def test_no_keys_and_no_segments_find_nothing(log: FactLog) -> None:
    assert found(log, names("a")) == []
    assert found(filled(log, [2]), []) == []


def test_small_files_are_merged_into_few(log: FactLog) -> None:
    filled(log, [3] * 40)
    assert len(files(log)) <= 6
    assert found(log, names("0-0", "39-2")) == [1, 120]


def test_a_file_does_not_grow_without_end(log: FactLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_index, "MOST_EVENTS", 10)
    filled(log, [4] * 6)
    assert [path.stat().st_size for path in sorted((log.folder / "keys").iterdir())] == [16 + 8 * 16] * 3


def spoiled(log: FactLog, way: str) -> None:
    """Do to each file of the index what a crash or a person may do."""
    for path in (log.folder / "keys").iterdir():
        content = path.read_bytes()
        if way == "missing":
            path.unlink()
        else:
            path.write_bytes({"torn": content[:-1], "of others": b"x" * 16 + content[16:], "empty": b""}[way])


@pytest.mark.parametrize("way", ["missing", "torn", "of others", "empty"])
def test_a_file_that_is_no_good_is_made_again(way: str, log: FactLog) -> None:
    filled(log, [5, 5, 20, 3])
    spoiled(log, way)
    assert found(log, names("1-1", "3-2")) == [7, 33]
    before = {path: path.stat().st_mtime_ns for path in (log.folder / "keys").iterdir()}
    assert found(log, names("1-1", "3-2")) == [7, 33]
    assert {path: path.stat().st_mtime_ns for path in (log.folder / "keys").iterdir()} == before


def test_an_index_learns_what_another_writer_appended(log: FactLog) -> None:
    filled(log, [5])
    index = KeyIndex(log.folder)
    assert found(log, names("0-1"), index) == [2]
    other = FactLog(log.folder)
    other.append(events("x"))
    other.append(events("y"))
    assert found(log, names("0-1", "y"), index) == [2, 7]


def test_a_log_that_was_restored_from_before_is_not_taken_for_the_other(log: FactLog, tmp_path: Path) -> None:
    filled(log, [5, 5])
    other = filled(FactLog(tmp_path / "other"), [5, 4])
    assert found(other, names("1-3"), log._keys) == [9]
    assert found(log, names("1-4"), log._keys) == [10]


def test_a_disk_without_room_costs_the_cache_alone(log: FactLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(key_index, "put_in_place", full)
        filled(log, [5, 5, 20])
        assert found(log, names("2-0"), log._keys) == [11]
        assert found(log, names("2-0")) == [11]
    assert found(log, names("2-0", "0-0")) == [1, 11]
    assert all(name.endswith(".keys") for name in files(log))


def test_leftovers_of_a_merge_are_removed(log: FactLog) -> None:
    filled(log, [5, 5])
    kept = files(log)
    for name in ("00000001-00000001.keys", "00000002-00000002.keys", "00000001-00000009.keys", "x.keys.tmp"):
        (log.folder / "keys" / name).write_bytes(b"left")
    log.append(events("more"))
    index = KeyIndex(log.folder)
    assert found(log, names("more"), index) == [11]
    assert [name for name in files(log) if name not in kept] in ([], [index._parts[-1].name])


def test_ids_come_as_whole_numbers_in_order(log: FactLog) -> None:
    filled(log, [9, 3])
    ids = KeyIndex(log.folder).find(log.segments(), np.array(names("1-2", "0-3", "0-8"), np.uint64))
    assert (ids.dtype, ids.tolist()) == (np.int64, [4, 9, 12])
