"""Ending well: a server that is told to end finishes what it answers, and then gives everything back."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


@contextmanager
def stoppable() -> Iterator[None]:
    """A block that SIGTERM ends as Ctrl+C does: the server waits for requests under way, then files are closed."""
    if current_thread() is not main_thread():  # only there can signals be handled
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def log_lines() -> None:
    """Write a JSON line for each request, and for what fails, to standard error. No line names anybody."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    ours = logging.getLogger("knotwork")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    ours.propagate = False
