"""A small real server that takes messages, or does what a bad receiver does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Got:
    """One request: its headers by their names in small letters, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id of the message."""
        return self.headers["webhook-id"]

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What it tells."""
        found: list[dict[str, Any]] = json.loads(self.body)["data"].get("changes", [])
        return found


Reply = tuple[int, dict[str, str]]
GOOD: Reply = (204, {})


@dataclass(slots=True)
class Receiver:
    """What has come, and ``reply``: given how many came before, the status and headers; None lets go of the line."""

    url: str
    reply: Callable[[int], Reply | None] = field(default=lambda _: GOOD)
    got: list[Got] = field(default_factory=list)
    came: Condition = field(default_factory=Condition)

    def take(self, one: Got) -> Reply | None:
        """Note a request; how to answer it."""
        reply = self.reply(len(self.got))
        with self.came:
            self.got.append(one)
            self.came.notify_all()
        return reply

    def await_count(self, count: int) -> None:
        """Wait until so many have come."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.got) >= count, 60), f"{len(self.got)} of {count} came"

    @property
    def told(self) -> list[dict[str, Any]]:
        """The changes of all messages, each message once."""
        return [change for one in {got.id: got for got in self.got}.values() for change in one.changes]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens on this machine."""
    hold = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            reply = receiver.take(Got(self.path, {key.lower(): one for key, one in self.headers.items()}, body))
            if reply is None:
                hold.wait(60)  # a receiver that never answers
                return
            status, headers = reply
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"the password is rosebud")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/in")
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        hold.set()
        server.shutdown()
        server.server_close()
        thread.join(20)
