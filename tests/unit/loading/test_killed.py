"""A load that dies anywhere is completed by running it again: nothing is lost, nothing doubled."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from knotwork_graph.errors import DiskFullError
from knotwork_graph.facts import FactLog, catalogue, keys, scan, segment, turn
from knotwork_graph.facts import log as facts_log
from knotwork_resolvers.loading import load
from tests.unit.loading.made_events import an_event, as_line

EVENTS = 20_000
BLOCK = 200_000
PROGRAM = f"""
import sys
from pathlib import Path
from knotwork_graph.facts import FactLog
from knotwork_resolvers.loading import load
log = FactLog(Path(sys.argv[2]))
print(load([Path(sys.argv[1])], log, progress=lambda rows: print(rows, flush=True), block_bytes={BLOCK}).line())
"""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A file of many events, a few lines that are none, and every thousandth event twice."""
    file = tmp_path / "events.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for number in range(EVENTS):
            out.write(as_line(an_event(number)) + "\n")
            if number % 1_000 == 0:
                out.write("nonsense\n" + as_line(an_event(number)) + "\n")
    return file


def counted(log: FactLog) -> tuple[int, int, int]:
    """How many events, identities and event ids the log holds."""
    paths = [one.path for one in log.segments()]
    query = f"SELECT count(*), count(DISTINCT (source, message_id)), count(DISTINCT event_id) FROM {scan(paths)}"
    ((events, identities, ids),) = duckdb.sql(query).fetchall()
    return events, identities, ids


def killed(file: Path, folder: Path, after: int, delay: float) -> bool:
    """Whether a load was killed ``delay`` seconds after it told of its ``after``-th block, before its end."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(file), str(folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_kill_9_at_random_moments_loses_and_doubles_nothing(many: Path, log: FactLog) -> None:
    dice = random.Random(20260301)  # noqa: S311 - moments to die at, not secrets
    hits = sum(killed(many, log.folder, after=dice.randrange(4), delay=dice.random() / 5) for _ in range(6))
    report = load([many], log)
    assert hits > 0, "not one load was caught in the middle, so nothing is proven"
    assert counted(log) == (EVENTS, EVENTS, EVENTS)
    assert report.rejected == EVENTS // 1_000
    kept = {*(one.path.name for one in log.segments()), catalogue.NAME, keys.FOLDER, turn.NAME, turn.NEXT}
    assert {path.name for path in log.folder.iterdir()} == kept


def nth(number: int, real: Callable[..., object], fail: Callable[[], None]) -> Callable[..., object]:
    """``real``, which calls ``fail`` first when it is called for the ``number``-th time."""
    calls = iter(range(1, 1_000_000))

    def call(*arguments: object) -> object:
        if next(calls) == number:
            fail()
        return real(*arguments)

    return call


PLACES = {
    "before the file is written": (facts_log, "write_table"),
    "before it is put in place": (segment, "put_in_place"),
    "before it is recorded": (catalogue.Catalogue, "record"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("block", [1, 3])
def test_a_death_between_two_steps_is_mended_by_the_next_load(
    place: str, block: int, many: Path, log: FactLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    module, name = PLACES[place]
    with monkeypatch.context() as patch:
        patch.setattr(module, name, nth(block, getattr(module, name), die))
        with pytest.raises(KeyboardInterrupt):
            load([many], log, block_bytes=BLOCK)
    reopened = FactLog(log.folder)
    report = load([many], reopened, block_bytes=BLOCK)
    assert report.duplicate > 0
    assert counted(reopened) == (EVENTS, EVENTS, EVENTS)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(
    code: int, many: Path, log: FactLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(segment, "put_in_place", nth(3, segment.put_in_place, full))
        with pytest.raises(DiskFullError, match=r"the disk is full.*nothing is doubled"):
            load([many], log, block_bytes=BLOCK)
    assert 0 < log.event_count() < EVENTS
    load([many], FactLog(log.folder))
    assert counted(log) == (EVENTS, EVENTS, EVENTS)
