"""The nightly job beside a server: a thread that waits for the hour, and runs the command as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Protocol
from zoneinfo import ZoneInfo

from knotwork_graph.policy import NightlySettings

LOOK = 30.0
"""Seconds between two looks at the clock: a machine that slept over the hour makes up for it so soon."""
AGAIN, TRIES = 60.0, 60
BUSY = "is in use by"
MOST_WORDS = 2_000
TRIED = "tried"
"""Beside the reports: when the job was last begun on a schedule, so that one which fails is not tried at each start."""


class Process(Protocol):
    """A job that was started."""

    returncode: int | None

    def communicate(self) -> tuple[str | None, str | None]:
        """Wait for its end; what it wrote, None for what was thrown away."""

    def terminate(self) -> None:
        """End it."""


Start = Callable[[], Process]


@dataclass(frozen=True, slots=True)
class Hours:
    """When the job is due: every day at a time of day in a zone."""

    at: time
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: NightlySettings) -> Hours | None:
        """The hours that the policy sets; None for never."""
        return cls(time.fromisoformat(settings.at), ZoneInfo(settings.timezone)) if settings.at else None

    def after(self, moment: datetime) -> datetime:
        """The first time (UTC) after an aware ``moment`` at which the job is due.

        An hour that the clock jumps over is due at the hour that follows; one that comes twice is due when it comes
        first.
        """
        local = moment.astimezone(self.zone).date() - timedelta(days=1)
        while (due := datetime.combine(local, self.at, self.zone).astimezone(UTC)) <= moment:
            local += timedelta(days=1)
        return due


def job(folder: Path) -> Process:
    """The command, started on the workspace in ``folder``; nobody reads what it answers."""
    command = [sys.executable, "-m", "knotwork", "--workspace", str(folder), "recompute"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own


class Nightly:
    """Waits for the hour and runs the job, never two at once. ``tell`` is given a sentence for each job.

    ``since`` is when the job was last begun: an hour that has passed since then is made up for, once. ``begun`` is told
    of each beginning.
    """

    def __init__(
        self,
        hours: Hours,
        start: Start,
        tell: Callable[[str], None],
        *,
        since: datetime | None = None,
        begun: Callable[[datetime], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        look: float = LOOK,
        again: float = AGAIN,
    ) -> None:
        self._hours, self._start, self._tell, self._now = hours, start, tell, now
        self._look, self._again = look, again
        self._since, self._begun = since, begun
        self._stop = Event()
        self._process: Process | None = None

    def run(self) -> None:
        """Wait and work until it is stopped."""
        due = self._hours.after(self._since or self._now())
        missed = due <= self._now()
        words = "is recomputed now, for that was missed" if missed else "is recomputed next"
        self._tell(f"everything {words} at {due:%Y-%m-%d %H:%M} UTC")
        while not self._stop.wait(self._look):
            if self._now() >= due:
                self._night()
                due = self._hours.after(self._now())

    def stop(self) -> None:
        """End the waiting, and the job that runs; what it has not published has not happened."""
        self._stop.set()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()

    def _night(self) -> None:
        """One job; where another process writes just then, it is tried again for a while."""
        self._begun(self._now())
        for _ in range(TRIES):
            status, words = self._once()
            if BUSY not in words or self._stop.wait(self._again):
                break
        if not self._stop.is_set():
            self._tell(told(status, words))

    def _once(self) -> tuple[int, str]:
        try:
            self._process = self._start()
        except OSError as error:
            return 1, f"it could not be started: {error.strerror}"
        words = self._process.communicate()[1] or ""
        return self._process.returncode or 0, words.strip()[-MOST_WORDS:]


def told(status: int, words: str) -> str:
    """A sentence on a job that has ended."""
    what = {0: "everything was recomputed and published", 3: "the recomputation is held"}
    said = what.get(status, f"the recomputation failed (status {status})")
    return f"{said}: {words}" if words else said


def last_begun(reports: Path) -> datetime | None:
    """When the job was last begun, by whomever; None where it never was."""
    from knotwork_resolvers.nightly import Shelf

    newest, _ = Shelf(reports).newest()
    known = [] if newest is None else [newest.started]
    with suppress(OSError, ValueError):  # a note that is not there, or torn, is as none
        known.append(datetime.fromisoformat((reports / TRIED).read_text(encoding="ascii").strip()))
    return max((one for one in known if one.tzinfo is not None), default=None)


def note_begun(reports: Path, moment: datetime) -> None:
    """Keep when the job was begun; a folder that cannot be written to keeps nobody from working."""
    with suppress(OSError):
        reports.mkdir(parents=True, exist_ok=True)
        (reports / TRIED).write_text(moment.isoformat(), encoding="ascii")


@contextmanager
def every_night(settings: NightlySettings, folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """A block beside which the job runs at its hours, where the policy sets any."""
    hours = Hours.of(settings)
    if hours is None:
        yield
        return
    record = folder / "data" / "reports"
    nightly = Nightly(
        hours, lambda: job(folder), tell, since=last_begun(record), begun=lambda moment: note_begun(record, moment)
    )
    thread = Thread(target=nightly.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        nightly.stop()
        thread.join(10)
