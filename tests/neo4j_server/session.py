"""One Neo4j for a whole test session, whichever of its processes asks first; and what tests may do to it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.neo4j_server.supervisor import STATE

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "KNOTWORK_TEST_NEO4J_SESSION"
"""Where the processes of one session meet: a folder that the first one makes and its workers inherit."""


def meet() -> None:
    """Make the meeting place, unless this is a worker of a session that has made it."""
    if VARIABLE not in os.environ:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="knotwork-neo4j-")


def place() -> Path:
    """The meeting place of this session."""
    return Path(os.environ[VARIABLE])


def begin(owner: int) -> None:
    """Start the server in the background, unless another process of the session has; comes back at once."""
    try:
        (place() / "begun").touch(exist_ok=False)
    except FileExistsError:
        return
    command = [sys.executable, "-m", "tests.neo4j_server.supervisor", str(place()), str(owner)]
    with (place() / "supervisor.log").open("wb") as log:
        begun = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    (place() / "pid").write_text(str(begun.pid))
    begun.returncode = 0  # it outlives this process on purpose, so nobody waits for it here


def end() -> None:
    """Stop the server of this session, and remove all that it kept."""
    folder = Path(os.environ.pop(VARIABLE))
    if (folder / "pid").exists():
        ended(int((folder / "pid").read_text()))
    shutil.rmtree(folder, ignore_errors=True)


def ended(pid: int, seconds: float = 40) -> None:
    """Tell the supervisor to end, and wait until it has."""
    until = time.monotonic() + seconds
    try:
        os.kill(pid, signal.SIGTERM)
        while time.monotonic() < until:
            os.kill(pid, 0)
            reap(pid)
            time.sleep(0.1)
    except ProcessLookupError:
        return


def reap(pid: int) -> None:
    """Where the supervisor is a child of this process, it is not gone until somebody has looked at how it ended."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def state(life: int = 1, seconds: float = 240) -> dict[str, object]:
    """What the supervisor tells, once the server is in this life or a later one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        told = json.loads((place() / STATE).read_text()) if (place() / STATE).exists() else {}
        if "trouble" in told:
            raise RuntimeError(f"{told['trouble']}; {place() / 'supervisor.log'} says more")
        if int(told.get("life", 0)) >= life:
            return dict(told)
        time.sleep(0.05)
    raise RuntimeError("Neo4j did not start in time")


def address() -> str:
    """Where the server listens; waits until it does."""
    return str(state()["address"])


@contextmanager
def alone() -> Iterator[None]:
    """One test at a time: the community edition has one database, and every test wants it empty."""
    with (place() / "turn").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def kill() -> None:
    """End the server as a power cut would; it comes back by itself, on the same data, unless it is kept away."""
    mark = place() / "kill"
    mark.touch()
    while mark.exists():
        time.sleep(0.02)


@contextmanager
def away() -> Iterator[None]:
    """The server, killed as by a power cut, is away in here; afterwards it runs again on the same data."""
    life = int(str(state()["life"]))
    hold = place() / "hold"
    hold.touch()
    kill()
    try:
        yield
    finally:
        hold.unlink()
        state(life + 1)


@contextmanager
def read_only(before: Callable[[], object]) -> Iterator[None]:
    """The server refuses to write in here; it is started anew first, ``before`` done while it is away, and last."""
    mark = place() / "read_only"
    with away():
        mark.touch()
        before()
    try:
        yield
    finally:
        with away():
            mark.unlink()
