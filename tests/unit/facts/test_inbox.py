"""Single events: durable at once, packed exactly once, under ids that go on where the log's ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_graph.errors import StoreError
from knotwork_graph.facts import EVENT_COLUMNS, FactLog, catalogue, segment
from knotwork_graph.facts import log as facts_log
from knotwork_graph.facts.inbox import Inbox
from knotwork_graph.facts.schema import schema
from tests.unit.facts.told import events, key, rows

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[FactLog]:
    made = FactLog(tmp_path / "data" / "facts")
    yield made
    made.close()


def held(log: FactLog) -> list[tuple[int, str]]:
    """Event id and message id of all that the log holds: its segments, then its inbox."""
    segments, inbox = log.snapshot()
    tables = [*(pq.read_table(one.path) for one in segments), inbox]
    return [(row["event_id"], row["message_id"]) for table in tables for row in table.to_pylist()]


def test_an_empty_inbox_has_the_columns_of_a_fact_and_makes_no_file(log: FactLog) -> None:
    assert log.inbox().schema == schema()
    assert (len(log.inbox()), log.inbox_count(), log.last_event()) == (0, 0, 0)
    assert not log.folder.exists()


def test_collected_events_come_back_as_facts(log: FactLog) -> None:
    said = {"channel": "web", "vouched": ["email"], "traits": '{"name":"Lan"}', "extra": '{"ip":"1"}'}
    table = log.collect([rows("a")[0] | said, *rows("b", day=5)], NOW)
    assert table.equals(log.inbox())
    first, second = table.to_pylist()
    assert [first["event_id"], second["event_id"]] == [1, 2]
    assert {name: first[name] for name in said} == said
    assert (first["key"], second["vouched"], second["traits"]) == (key("web", "a"), None, None)
    assert first["received_at"].replace(tzinfo=UTC) == NOW
    assert tuple(first) == EVENT_COLUMNS


def test_the_inbox_is_counted_with_the_segments(log: FactLog) -> None:
    log.append(events("a", "b", day=5))
    log.collect(rows("c", day=9))
    assert (log.event_count(), log.inbox_count(), log.last_event()) == (3, 1, 3)
    assert log.newest_timestamp() == datetime(2026, 3, 9, 12, tzinfo=UTC)
    log.pack()
    assert (log.event_count(), log.inbox_count(), log.last_event()) == (3, 0, 3)
    assert log.newest_timestamp() == datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_packing_keeps_ids_and_all_columns(log: FactLog) -> None:
    log.append(events("a", "b"))
    before = log.collect(rows("c", "d"), NOW)
    packed = log.pack()
    assert packed is not None
    assert (packed.number, packed.events, packed.first_event, packed.last_event) == (2, 2, 3, 4)
    assert pq.read_table(packed.path).cast(schema()).equals(before)
    assert (len(log.inbox()), log.pack()) == (0, None)


def test_the_rest_of_a_packed_segment_is_read_by_itself(log: FactLog) -> None:
    log.append(events("a"))
    collected = log.collect(rows("b", "c", "d"), NOW)
    packed = log.pack()
    assert packed is not None
    assert log.beyond(packed, 3).equals(collected.slice(2))
    assert (log.beyond(packed, 0).equals(collected), len(log.beyond(packed, 4))) == (True, 0)


def test_a_segment_comes_after_what_waited_in_the_inbox(log: FactLog) -> None:
    log.collect(rows("a", "b"))
    appended = log.append(events("c"))
    assert appended is not None
    assert [one.number for one in log.segments()] == [1, 2]
    assert (appended.number, appended.first_event) == (2, 3)
    assert held(log) == [(1, "a"), (2, "b"), (3, "c")]


def test_ids_go_on_after_a_pack_and_are_never_given_out_twice(log: FactLog) -> None:
    for name in "abcde":
        log.collect(rows(name))
        log.pack()
    log.collect(rows("f"))
    assert held(log) == [(place, name) for place, name in enumerate("abcdef", 1)]


def test_the_inbox_is_read_from_an_event_on(log: FactLog) -> None:
    log.collect(rows(*"abcd"))
    assert log.inbox(after=2)["event_id"].to_pylist() == [3, 4]


def test_a_batch_is_kept_whole_or_not_at_all(log: FactLog) -> None:
    broken = rows("c")[0] | {"source": None}
    log.collect(rows("a"))
    with pytest.raises(StoreError):
        log.collect([*rows("b"), broken])
    assert held(log) == [(1, "a")]
    log.collect(rows("d"))
    assert held(log) == [(1, "a"), (2, "d")]


def test_another_process_sees_what_was_collected(log: FactLog) -> None:
    log.collect(rows("a"))
    other = FactLog(log.folder)
    assert held(other) == [(1, "a")]
    log.pack()
    log.collect(rows("b"))
    assert held(other) == [(1, "a"), (2, "b")]
    other.close()


def test_threads_take_turns(log: FactLog) -> None:
    threads = [Thread(target=log.collect, args=(rows(*(f"{n}-{m}" for m in range(5))),)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [event for event, _ in held(log)] == list(range(1, 41))


def test_rows_are_found_by_key_whatever_its_size(log: FactLog) -> None:
    names = [str(number) for number in range(50)]
    log.collect(rows(*names))
    wanted = [key("web", name) for name in ("3", "40", "nobody")]
    assert max(key("web", name) for name in names) >= 1 << 63
    assert [row["message_id"] for row in Inbox(log.folder).with_keys(wanted, 0)] == ["3", "40"]
    assert Inbox(log.folder).with_keys(wanted, 10)[0]["message_id"] == "40"


class Unlisted:
    """Very many keys, which nobody may make a list of."""

    def __len__(self) -> int:
        return 1_000_000

    def to_pylist(self) -> list[int]:
        raise AssertionError("every key was made a number of Python's")


def test_very_many_keys_are_not_listed_where_nothing_waits(log: FactLog) -> None:
    assert Inbox(log.folder).with_keys(Unlisted(), 0) == []
    log.collect(rows("a"))
    assert Inbox(log.folder).with_keys(Unlisted(), 1) == []


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=5, max_size=5),
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - the column holds UTC without saying so
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"))),
)
def test_whatever_a_fact_holds_is_kept(tmp_path_factory: Any, texts: Any, moment: datetime, words: Any) -> None:
    log = FactLog(tmp_path_factory.mktemp("any"))
    names = ("channel", "event", "traits", "properties", "consent")
    said = dict(zip(names, texts, strict=True)) | {"timestamp": moment, "vouched": words}
    row = rows("a")[0] | said | {"identifiers": [{"type": word, "value": word} for word in words]}
    log.collect([row])
    (kept,) = log.inbox().to_pylist()
    assert {name: kept[name] for name in row} == row
    log.close()


PLACES: dict[str, tuple[Any, str, str]] = {
    "before the file is written": (facts_log, "write_table", "inbox"),
    "before it is put in place": (segment, "put_in_place", "inbox"),
    "before it is recorded": (catalogue.Catalogue, "record", "inbox"),
    "before the inbox is cleared": (Inbox, "drop", "segment"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_death_while_packing_loses_and_doubles_nothing(
    place: str, log: FactLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    module, name, where = PLACES[place]
    log.collect(rows("a", "b"))
    with monkeypatch.context() as patch:
        patch.setattr(module, name, die)
        with pytest.raises(KeyboardInterrupt):
            log.pack()
    log.close()
    again = FactLog(log.folder)
    assert held(again) == [(1, "a"), (2, "b")]
    assert (again.event_count(), again.inbox_count()) == (2, 2 if where == "inbox" else 0)
    again.collect(rows("c"))
    again.pack()
    assert held(again) == [(1, "a"), (2, "b"), (3, "c")]
    assert Inbox(log.folder).after(0) == []
    again.close()


def pack_once(log: FactLog, real: Callable[..., Any]) -> Callable[..., Any]:
    """``real``, before whose first call the log is packed by somebody else."""
    left = [True]

    def asked(*arguments: Any) -> Any:
        if left.pop() if left else False:
            log.pack()
        return real(*arguments)

    return asked


@pytest.mark.parametrize("name", ["after", "count"])
def test_a_reader_never_misses_what_is_packed_meanwhile(
    name: str, log: FactLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append(events("a"))
    log.collect(rows("b", "c"))
    reader = FactLog(log.folder)
    monkeypatch.setattr(reader._inbox, name, pack_once(log, getattr(reader._inbox, name)))
    assert (reader.event_count(), held(reader)) == (3, [(1, "a"), (2, "b"), (3, "c")])
    reader.close()


def test_a_file_without_its_table_is_an_empty_inbox(log: FactLog) -> None:
    log.folder.mkdir(parents=True)
    (log.folder / "inbox.db").touch()
    assert (log.event_count(), len(log.inbox())) == (0, 0)
    log.collect(rows("a"))
    assert held(log) == [(1, "a")]


def test_no_rows_are_nothing(log: FactLog) -> None:
    assert len(log.collect([])) == 0
    assert isinstance(log.collect([]), pa.Table)
