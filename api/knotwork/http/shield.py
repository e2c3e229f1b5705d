"""The outermost layer: safe headers on every answer, a size limit, a log line without personal data, no traceback."""

from __future__ import annotations

import json
import logging
from asyncio import wait_for
from collections.abc import Callable
from secrets import token_hex
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("knotwork.http")

MOST_BYTES = 256 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data: 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; "
    "require-trusted-types-for 'script'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


Note = Callable[[str, str, int, float], None]
"""Counts a request: method, route, status, seconds."""
PATIENCE = 30.0
"""Seconds that the next part of a body may take."""


class TooLargeError(ValueError):
    """A request body went over the limit while it was read."""


class Shield:
    """Wraps an application. Websockets pass as they are: the gate and GraphQL see to them."""

    def __init__(self, app: ASGIApp, note: Note) -> None:
        self.app, self.note = app, note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            await _Request(self.app, scope, receive, send, self.note).serve()
        else:
            await self.app(scope, receive, send)


class _Request:
    """One request on its way through, with its id, its status and how much of its body was read."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, count: Note) -> None:
        self.app, self.scope, self.inner_receive, self.inner_send, self.count = app, scope, receive, send, count
        self.id, self.status, self.read, self.whole = token_hex(6), 0, 0, False

    async def serve(self) -> None:
        """Run the application; what it did not catch becomes a plain answer that names the request."""
        start = perf_counter()
        try:
            await self.app(self.scope, self.receive, self.send)
        except TooLargeError:
            await self.answer(413, f"A request may have {MOST_BYTES} bytes; this one has more.")
        except TimeoutError:
            await self.answer(408, f"The request did not come within {PATIENCE:.0f} seconds.")
        except Exception as error:  # noqa: BLE001 - the last line of defence: a person must never see a traceback
            log.error(json.dumps({"request": self.id, "failed": type(error).__name__, "at": _place(error)}))
            await self.answer(500, f"Something failed inside the server. Its log has more under request {self.id}.")
        finally:
            self.note(perf_counter() - start)

    async def answer(self, status: int, text: str) -> None:
        """Answer in plain text, unless an answer has begun."""
        if not self.status:
            await PlainTextResponse(text + "\n", status)(self.scope, self.inner_receive, self.send)

    async def receive(self) -> Message:
        """The next part of the body; raises ``TooLargeError`` beyond the limit."""
        # once a body is there, waiting means waiting for the caller to go away
        whole = self.whole
        message = await (self.inner_receive() if whole else wait_for(self.inner_receive(), PATIENCE))
        self.whole = whole or not message.get("more_body", False)
        self.read += len(message.get("body", b""))
        if self.read > MOST_BYTES:
            raise TooLargeError
        return message

    async def send(self, message: Message) -> None:
        """Send, with the headers that every answer has; what says nothing of caching is not stored."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
            headers["x-request-id"] = self.id
        await self.inner_send(message)

    def note(self, seconds: float) -> None:
        """Log the route's template, never the path: paths and queries can hold personal values and tokens."""
        route = getattr(self.scope.get("route"), "path", "none")
        line = {
            "request": self.id,
            "method": self.scope["method"],
            "route": route,
            "status": self.status,
            "ms": round(seconds * 1000, 1),
        }
        log.info(json.dumps(line))
        self.count(self.scope["method"], route, self.status, seconds)


def _place(error: BaseException) -> str:
    """File and line where the error was raised; its message is left out, for it can hold personal values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
