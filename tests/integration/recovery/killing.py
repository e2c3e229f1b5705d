"""A workspace whose commands are killed at random moments, and a reader that watches it all the time."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from knotwork.workspace import Workspace, init, open_workspace
from knotwork_graph.errors import KnotworkError
from knotwork_graph.facts import FactLog
from knotwork_resolvers.run.verify import differences

ROOT = Path(__file__).resolve().parents[3]
LINE = re.compile(r"received (\d+) = accepted (\d+) \+ duplicate (\d+) \+ rejected (\d+)")
Partition = frozenset[frozenset[str]]


class Killer:
    """Starts commands on a workspace and kills them; one at a time. Close it in the end."""

    def __init__(self, folder: Path) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("KNOTWORK_")}
        self._folder, self._out = folder, folder.parent / "command.out"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.recovery.warm"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def __enter__(self) -> Killer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()

    def run(self, *arguments: str) -> tuple[str, float]:
        """The output of a command that nobody disturbs (it must succeed), and how many seconds it took."""
        self._start(arguments)
        began = time.perf_counter()
        assert self._line(60) == 0, self.out()
        return self.out(), time.perf_counter() - began

    def kill(self, after: float, *arguments: str) -> bool:
        """Whether the command was killed, ``after`` so many seconds; else it was through before, and well."""
        child = self._start(arguments)
        status = self._line(after)
        if status is None:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            status = self._line(20)
        assert status in (0, -signal.SIGKILL), self.out()
        return status != 0

    def out(self) -> str:
        """What the last command said."""
        return self._out.read_text(encoding="utf-8")

    def _start(self, arguments: tuple[str, ...]) -> int:
        order = [["--workspace", str(self._folder), *arguments], str(self._out)]
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        child = self._line(60)
        assert child is not None
        return child

    def _line(self, seconds: float) -> int | None:
        """The next number that is told, or None where none comes within so many seconds."""
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        return int(self._process.stdout.readline()) if ready else None


def killed_child(module: str, folder: Path, first: int, after: int, delay: float) -> int:
    """The number that is acknowledged when a collecting process is killed, ``delay`` after its ``after``-th batch."""
    command = [sys.executable, "-m", module, str(folder), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(after)]
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return int([line for line in said if line.endswith("\n")][-1])


@dataclass(frozen=True, slots=True)
class Shop:
    """One workspace, looked at from this process."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Shop:
        """A new workspace with the recommended policy."""
        init(folder)
        return cls(folder)

    def open(self) -> Workspace:
        """The workspace, open in this process."""
        return open_workspace(self.folder)

    def events(self) -> int:
        """How many events the log holds."""
        return FactLog(self.folder / "data" / "facts").event_count()

    def look(self) -> tuple[Partition, tuple[str, ...]]:
        """The customers as a new reader sees them, and how the graph differs from the facts it holds."""
        with self.open() as workspace:
            return published(workspace)[1], differences(workspace.home, workspace.settings.policy)

    def ids(self) -> dict[frozenset[str], int]:
        """The number of each customer."""
        with self.open() as workspace:
            return {keys: number for number, keys in customers_of(workspace).items()}

    def ill(self) -> list[str]:
        """What doctor finds wrong with the data; how much room the disk has is not its business here."""
        with self.open() as workspace:
            return [one.what for one in workspace.doctor() if not one.ok and "GiB" not in one.what]


def counts(out: str) -> tuple[int, ...]:
    """Received, accepted, duplicate and rejected."""
    found = LINE.search(out)
    assert found, out
    return tuple(map(int, found.groups()))


def customers_of(workspace: Workspace) -> dict[int, frozenset[str]]:
    """The customers of the current run, by number."""
    held: dict[int, set[str]] = {}
    for row in workspace.home.store.member_rows().to_pylist():
        if row["customer"]:
            held.setdefault(row["customer"], set()).add(f"{row['type']}:{row['value']}")
    return {number: frozenset(keys) for number, keys in held.items()}


def published(workspace: Workspace) -> tuple[int, Partition]:
    """The current run and its customers; where a run is published in between, it looks again."""
    while True:
        before = workspace.home.store.state().current
        found = frozenset(customers_of(workspace).values())
        if workspace.home.store.state().current == before:
            return before, found


@dataclass(slots=True)
class Reader:
    """Looks at a workspace again and again, in a thread; remembers each published state that it met."""

    shop: Shop
    seen: dict[int, set[Partition]] = field(default_factory=dict)
    journeys: int = 0
    wrong: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Reader:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(20)

    def _watch(self) -> None:
        with self.shop.open() as workspace:
            while not self._stop.wait(0.05):
                self._look(workspace)

    def _look(self, workspace: Workspace) -> None:
        try:
            run, found = published(workspace)
            self.seen.setdefault(run, set()).add(found)
            self.journeys += bool(workspace.journey(min(min(found, key=min))))
        except KnotworkError as error:
            self.wrong.append(str(error))
