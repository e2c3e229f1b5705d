"""The process that keeps one Neo4j running for a whole test session, and leaves nothing of it behind.

python -m tests.neo4j_server.supervisor FOLDER OWNER

It ends when it is told to (SIGTERM) or when the process OWNER is gone. Tests ask it by files in FOLDER: ``kill`` ends
the server as a power cut would, and it stays away while ``hold`` is there; ``read_only`` holds from the next start.
What it tells is in ``state.json``: ``address``, the number of the server's ``life``, or the ``trouble`` it met.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.neo4j_server import docker, jars
from tests.neo4j_server.home import JavaServer

STATE = "state.json"
TICK = 0.1


class Server(Protocol):
    """What a Neo4j of either kind can do."""

    def make(self) -> None:
        """A new home."""

    def configure(self, *, read_only: bool = False) -> None:
        """Settings for the next start."""

    def start(self) -> None:
        """Start it."""

    def alive(self) -> bool:
        """Whether it runs."""

    def kill(self) -> None:
        """End it at once."""

    def stop(self) -> None:
        """End it."""


@dataclass(slots=True)
class Supervisor:
    """Keeps ``server`` alive until it is told to end."""

    folder: Path
    owner: int
    port: int
    server: Server
    ending: bool = False
    life: int = 0

    def run(self) -> None:
        """Serve until the end; whatever happens, the server is gone afterwards."""
        signal.signal(signal.SIGTERM, lambda *_: self.end())
        try:
            self.server.make()
            while not self.ending and self.owner_lives():
                self.look()
                time.sleep(TICK)
        finally:
            self.server.stop()

    def end(self) -> None:
        """Somebody says that it is over."""
        self.ending = True

    def owner_lives(self) -> bool:
        """Whether the test session is still there."""
        try:
            os.kill(self.owner, 0)
        except ProcessLookupError:
            return False
        return True

    def look(self) -> None:
        """Do what was asked for, and see that the server runs."""
        wish = self.folder / "kill"
        if wish.exists():
            self.server.kill()
            wish.unlink()
        if not self.server.alive() and not (self.folder / "hold").exists():
            self.server.configure(read_only=(self.folder / "read_only").exists())
            self.server.start()
            self.wait()
            self.life += 1
            tell(self.folder, {"address": f"bolt://127.0.0.1:{self.port}", "life": self.life})

    def wait(self, seconds: float = 120) -> None:
        """Until Bolt answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.server.alive() and not self.ending:
            if answers(self.port):
                return
            time.sleep(TICK)
        if not self.ending:
            raise RuntimeError(f"Neo4j did not start; its words are in {self.folder}")


def answers(port: int) -> bool:
    """Whether somebody speaks Bolt on this port: a handshake that offers version 5 is answered by four bytes."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.settimeout(5)
            connection.sendall(bytes.fromhex("6060B017 00080805 00020404 00000000 00000000"))
            return len(connection.recv(4)) == 4
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def tell(folder: Path, state: dict[str, object]) -> None:
    """Put ``state`` where the tests look, whole or not at all."""
    made = folder / "state.tmp"
    made.write_text(json.dumps(state))
    made.replace(folder / STATE)


def chosen(folder: Path, port: int) -> Server:
    """A container where a Docker engine answers, else the jars."""
    if docker.answers():
        return docker.DockerServer(port, jars.wanted())
    return JavaServer(folder / "home", port, jars.wanted())


def main() -> None:
    """One server, from its start to its end."""
    folder, owner, port = Path(sys.argv[1]), int(sys.argv[2]), free_port()
    try:
        Supervisor(folder, owner, port, chosen(folder, port)).run()
    except Exception as error:  # whatever it was goes on up, and whoever waits for the server hears of it too
        tell(folder, {"trouble": f"{type(error).__name__}: {error}"})
        raise
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
