"""The job that recomputes everything, started over HTTP: one at a time, as a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread

from knotwork.http.schedule import Process, job, told
from knotwork_graph.errors import UsageError

log = logging.getLogger("knotwork.http")


class Jobs:
    """Starts the job, and writes what became of it into the log."""

    def __init__(self, start: Callable[[Path], Process] = job) -> None:
        self._start = start
        self._running = Lock()

    def start(self, folder: Path) -> None:
        """Start the job for the workspace in ``folder``. Raises ``UsageError`` while one runs that was started here."""
        if not self._running.acquire(blocking=False):
            raise UsageError("everything is being recomputed already. Its run appears among the runs in the end.")
        try:
            process = self._start(folder)
        except OSError as error:
            self._running.release()
            raise UsageError(f"the job could not be started: {error.strerror}.") from error
        Thread(target=self._await, args=(process,), daemon=True).start()

    def _await(self, process: Process) -> None:
        try:
            words = process.communicate()[1] or ""
            log.info("%s", told(process.returncode or 0, words.strip()[-2_000:]).partition(":")[0])
        finally:
            self._running.release()
