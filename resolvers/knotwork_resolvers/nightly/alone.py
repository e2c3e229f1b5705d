"""One nightly job at a time, on whatever host: a lock in the store, renewed by a heartbeat, free when that stops."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Event, Thread
from uuid import uuid4

from knotwork_graph.errors import KnotworkError, WorkspaceBusyError
from knotwork_graph.ports import GraphStore

NAME = "nightly"
SECONDS = 120.0
"""So long after its last heartbeat a job counts as dead."""
BEAT = 20.0


@contextmanager
def alone(store: GraphStore, *, seconds: float = SECONDS, beat: float = BEAT) -> Iterator[Callable[[], None]]:
    """Hold the lock; what it yields raises ``WorkspaceBusyError`` where another job has taken it over since.

    Raises ``WorkspaceBusyError`` where another job holds it. A job of this host that is dead is not waited for.
    """
    owner = f"{socket.gethostname()} process {os.getpid()} ({_life()}-{uuid4().hex[:8]})"

    def still() -> None:
        holder = store.hold_lock(NAME, owner, seconds)
        if holder != owner:
            raise WorkspaceBusyError(f"the nightly job of {holder}")

    _bury(store, owner)
    still()
    stop = Event()
    beating = Thread(target=_beat, args=(still, stop, beat), daemon=True)
    beating.start()
    try:
        yield still
    finally:
        stop.set()
        beating.join()
        with suppress(KnotworkError):  # it becomes free by itself, and what was done is done
            store.release_lock(NAME, owner)


def _beat(still: Callable[[], None], stop: Event, beat: float) -> None:
    while not stop.wait(beat):
        # a store that is away or busy for a moment is asked again; one that is another's is told of before publishing
        with suppress(KnotworkError):
            still()


def _bury(store: GraphStore, owner: str) -> None:
    """Free the lock where the one who holds it was a process of this host that lives no more."""
    holder = store.hold_lock(NAME, owner, 0)
    host, _, rest = holder.partition(" process ")
    process, _, life = rest.partition(" ")
    if holder != owner and host == socket.gethostname() and process.isdigit() and not _alive(process, life):
        store.release_lock(NAME, holder)


@cache
def _life() -> str:
    """What tells this process from an earlier one of the same number, as the first of a container is each time."""
    return uuid4().hex[:8]


def _alive(process: str, life: str) -> bool:
    if int(process) == os.getpid():
        return life.startswith(f"({_life()}-")
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
