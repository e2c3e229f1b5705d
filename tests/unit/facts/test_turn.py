"""Turns at the log: one changes it at a time, across threads and processes, and who waits comes next."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from knotwork_graph.facts import FactLog
from knotwork_graph.facts.turn import Turn
from tests.unit.facts.told import events, rows

HOLDER = """
import sys
from pathlib import Path
from knotwork_graph.facts.turn import Turn
with Turn(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process whose turn it is until its standard input ends."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_thread_may_enter_its_turn_again(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    with turn, turn:
        pass
    with turn:
        pass
    turn.close()
    with turn:
        pass


def test_a_turn_of_another_process_is_waited_for_and_ends_with_it(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    entered = Event()

    def wait() -> None:
        with Turn(tmp_path):
            entered.set()

    waiting = Thread(target=wait, daemon=True)
    waiting.start()
    assert not entered.wait(0.3)
    holder.kill()
    assert entered.wait(20)
    waiting.join(20)


def test_whoever_comes_back_at_once_queues_behind_who_waits(tmp_path: Path) -> None:
    ours, theirs, order = Turn(tmp_path), Turn(tmp_path), list[str]()
    started = Event()

    def other() -> None:
        started.set()
        with theirs:
            order.append("theirs")

    with ours:
        waiting = Thread(target=other, daemon=True)
        waiting.start()
        started.wait(20)
        while not _taken(tmp_path / "turn.next"):
            pass
        order.append("ours")
    with ours:
        order.append("ours again")
    waiting.join(20)
    assert order == ["ours", "theirs", "ours again"]


def _taken(path: Path) -> bool:
    import fcntl

    with path.open("r+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_what_was_collected_after_an_event_stays_in_the_inbox_when_those_up_to_it_are_packed(tmp_path: Path) -> None:
    log, other = FactLog(tmp_path / "facts"), FactLog(tmp_path / "facts")
    log.collect(rows("a", "b"))
    other.collect(rows("c"))
    segment = log.pack(2)
    assert segment is not None
    assert (segment.first_event, segment.last_event) == (1, 2)
    assert log.inbox()["message_id"].to_pylist() == ["c"]
    assert other.collect(rows("d"))["event_id"].to_pylist() == [4]
    assert log.pack(3) is not None
    assert (log.event_count(), log.event_count(3), log.inbox_count()) == (4, 3, 1)


def test_an_event_id_is_given_once_when_two_logs_collect_and_one_packs(tmp_path: Path) -> None:
    logs = [FactLog(tmp_path / "facts") for _ in range(3)]
    given = list[int]()

    def collect(log: FactLog, name: str) -> None:
        for number in range(30):
            given.extend(log.collect(rows(f"{name}{number}"))["event_id"].to_pylist())

    threads = [Thread(target=collect, args=(log, name)) for log, name in zip(logs[1:], "xy", strict=True)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        logs[0].pack()
        logs[0].append(events(f"z{logs[0].last_event()}"))
    for thread in threads:
        thread.join()
    assert len(set(given)) == 60
    segments, single = logs[0].snapshot()
    held = sum(one.events for one in segments) + len(single)
    assert held == logs[0].event_count() == logs[0].last_event()


def test_another_process_finds_keys_that_were_merged_behind_its_back(tmp_path: Path) -> None:
    writer, reader = FactLog(tmp_path / "facts"), FactLog(tmp_path / "facts")
    for name in ("a", "b", "c", "d", "e"):
        writer.append(events(name))
        found = reader.with_keys([rows(one)[0]["key"] for one in "abcde"])
        assert sorted(row["message_id"] for row in found) == list("abcde"[: "abcde".index(name) + 1])
