"""The job beside a server: when it is due, what becomes of it, and that there is never more than one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from knotwork.http.schedule import Hours, Nightly, every_night, job, last_begun, note_begun, told
from knotwork_graph.policy import NightlySettings

WAIT = 20.0


def utc(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "moment", "due"),
    [
        ("02:30", "UTC", "2026-03-01T02:29", "2026-03-01T02:30"),
        ("02:30", "UTC", "2026-03-01T02:30", "2026-03-02T02:30"),
        ("02:30", "Asia/Ho_Chi_Minh", "2026-03-01T12:00", "2026-03-01T19:30"),
        ("23:30", "America/New_York", "2026-03-01T04:00", "2026-03-01T04:30"),
        ("02:30", "Europe/Berlin", "2026-03-29T00:00", "2026-03-29T01:30"),  # the clock jumps from 2 to 3
        ("02:30", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:30"),  # half past two comes twice
        ("02:30", "Europe/Berlin", "2026-10-25T00:30", "2026-10-26T01:30"),
    ],
)
def test_when_it_is_due(at, zone, moment, due):
    assert Hours.of(NightlySettings(at, zone)).after(utc(moment)) == utc(due)


def test_without_an_hour_nothing_is_started():
    said: list[str] = []
    assert Hours.of(NightlySettings()) is None
    with every_night(NightlySettings(), Path("nowhere"), said.append):
        pass
    assert said == []


class Job:
    """A job that ends when it is let, or is terminated."""

    def __init__(self, status: int = 0, words: str = "", ends: bool = True) -> None:
        self.returncode: int | None = None
        self.begun, self.may_end = Event(), Event()
        self._status, self._words = status, words
        if ends:
            self.may_end.set()

    def communicate(self) -> tuple[None, str]:
        self.begun.set()
        assert self.may_end.wait(WAIT)
        self.returncode = self._status if self.returncode is None else self.returncode
        return None, self._words

    def terminate(self) -> None:
        self.returncode = -15
        self.may_end.set()


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = utc("2026-03-01T02:00")

    def __call__(self) -> datetime:
        return self.now


class Night:
    """A schedule at work, with jobs of its own."""

    def __init__(self, *jobs: Job, since: datetime | None = None) -> None:
        self.clock, self.said, self.jobs, self.started = Clock(), [], list(jobs), 0
        self.begun: list[datetime] = []
        self.spoken = Event()
        hours = Hours.of(NightlySettings("02:30"))
        self.nightly = Nightly(
            hours,
            self._start,
            self._tell,
            since=since,
            begun=self.begun.append,
            now=self.clock,
            look=0.01,
            again=0.01,
        )
        self.thread = Thread(target=self.nightly.run, daemon=True)
        self.thread.start()

    def _start(self) -> Job:
        self.started += 1
        return self.jobs[self.started - 1]

    def _tell(self, words: str) -> None:
        self.said.append(words)
        self.spoken.set()

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until something has come true."""
        for _ in range(int(WAIT / 0.01)):
            if true():
                return
            Event().wait(0.01)
        raise AssertionError(self.said)

    def end(self) -> None:
        """Stop it."""
        self.nightly.stop()
        self.thread.join(WAIT)
        assert not self.thread.is_alive()


def test_it_starts_one_job_at_its_hour_and_waits_for_the_next():
    night = Night(Job(), Job())
    night.until(lambda: len(night.said) == 1)
    assert night.said == ["everything is recomputed next at 2026-03-01 02:30 UTC"]
    assert night.started == 0
    night.clock.now = utc("2026-03-01T05:00")  # the machine slept over the hour
    night.until(lambda: len(night.said) == 2)
    night.clock.now = utc("2026-03-02T02:29")
    Event().wait(0.1)
    assert night.started == 1
    night.clock.now = utc("2026-03-02T02:31")
    night.until(lambda: len(night.said) == 3)
    night.end()
    assert (night.started, night.said[1:]) == (2, ["everything was recomputed and published"] * 2)


def test_while_a_job_runs_no_other_is_started():
    slow = Job(ends=False)
    night = Night(slow, Job())
    night.clock.now = utc("2026-03-01T02:30")
    assert slow.begun.wait(WAIT)
    night.clock.now = utc("2026-03-03T02:30")
    Event().wait(0.1)
    assert night.started == 1
    slow.may_end.set()
    night.until(lambda: len(night.said) == 2)
    night.end()
    assert night.started == 1  # the nights it slept through are not made up for one by one


def test_where_another_process_writes_it_is_tried_again():
    busy = Job(1, "knotwork: this workspace is in use by process 7 (load, since 02:29:00 UTC). Wait until it ends.")
    night = Night(busy, Job())
    night.clock.now = utc("2026-03-01T02:30")
    night.until(lambda: len(night.said) == 2)
    night.end()
    assert (night.started, night.said[1]) == (2, "everything was recomputed and published")


def test_stopping_ends_the_job_that_runs():
    slow = Job(ends=False)
    night = Night(slow)
    night.clock.now = utc("2026-03-01T02:30")
    assert slow.begun.wait(WAIT)
    night.end()
    assert slow.returncode == -15
    assert len(night.said) == 1


def test_an_hour_that_was_missed_while_nothing_ran_is_made_up_for_once():
    night = Night(Job(), Job(), since=utc("2026-02-20T02:31"))
    night.until(lambda: len(night.said) == 2)
    night.clock.now = utc("2026-03-01T02:29")
    Event().wait(0.1)
    night.end()
    assert night.started == 1
    assert "for that was missed" in night.said[0]
    assert len(night.begun) == 1


def test_an_hour_that_was_kept_by_somebody_else_is_not_made_up_for():
    night = Night(Job(), since=utc("2026-02-28T23:00"))
    night.until(lambda: len(night.said) == 1)
    Event().wait(0.1)
    night.end()
    assert (night.started, night.begun) == (0, [])


def test_when_the_job_was_last_begun_is_kept_beside_the_reports(tmp_path):
    assert last_begun(tmp_path / "reports") is None
    note_begun(tmp_path / "reports", utc("2026-03-01T02:30"))
    assert last_begun(tmp_path / "reports") == utc("2026-03-01T02:30")
    (tmp_path / "reports" / "tried").write_text("2026-03-0")
    assert last_begun(tmp_path / "reports") is None


def test_a_job_that_somebody_ran_counts_as_the_last(open_night):
    night = open_night()
    report = night.recompute()
    assert last_begun(night.workspace.layout.reports) == report.started == night.workspace.runs.last_job()


@pytest.mark.parametrize(
    ("status", "words", "said"),
    [
        (0, "", "everything was recomputed and published"),
        (3, "knotwork: run 2 is held by drift", "the recomputation is held: knotwork: run 2 is held by drift"),
        (1, "knotwork: the disk is full", "the recomputation failed (status 1): knotwork: the disk is full"),
    ],
)
def test_each_job_is_told_in_a_sentence(status, words, said):
    assert told(status, words) == said


def test_the_job_is_the_command_itself(open_night):
    from tests.unit.nightly.night import pairs

    night = open_night()
    (night.folder / "knotwork.toml").write_text("", encoding="utf-8")
    night.load(pairs(2))
    night.workspace.close()
    process = job(night.folder)
    assert process.communicate() == (None, "")
    assert process.returncode == 0
    assert night.workspace.home.store.state().current == 1
