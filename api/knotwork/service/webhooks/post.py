"""One POST to a receiver: what it answered, in words that name no address and repeat nothing it said."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from importlib.metadata import version
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

GONE, TOO_MANY, AWAY = 410, 429, 503


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one POST: the ``status``, 0 where nobody answered, and ``words`` for people.

    ``later``: after how many seconds the receiver wants to be asked again, None where it did not say.
    """

    status: int
    words: str
    later: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it now."""
        return 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """What the receiver at ``url`` answered to ``body``. Redirects are not followed, and no body is read.

    Connecting may take so many ``seconds``, and so may the answer, however slowly it drips.
    """
    parts = urlsplit(url)
    connection = _connection(parts, seconds)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        with _at_most(connection, seconds):
            connection.request("POST", target, body, {"user-agent": f"Knotwork/{version('knotwork')}", **headers})
            return _answer(connection.getresponse())
    except (OSError, HTTPException) as error:
        return Answer(0, _why(error, seconds))
    finally:
        connection.close()


def _connection(parts: SplitResult, seconds: float) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return HTTPConnection(host, parts.port, timeout=seconds)
    return HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())


@contextmanager
def _at_most(connection: HTTPConnection, seconds: float) -> Iterator[None]:
    """A block after which so many seconds later the connection is cut: a receiver that drips would hold us for ever.

    Raises ``TimeoutError`` for what breaks in the block because it was cut.
    """
    late = Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def _answer(response: HTTPResponse) -> Answer:
    status = response.status
    words = f"HTTP {status}"
    if 300 <= status < 400:
        words += ", a redirect, which is not followed: set url to where it leads"
    if status == GONE:
        words += ", it wants no more messages"
    return Answer(status, words, _later(response.headers.get("retry-after")) if status in (TOO_MANY, AWAY) else None)


def _later(said: str | None) -> float | None:
    """The seconds that ``Retry-After`` asks for: a number, or a date."""
    if said is None:
        return None
    if said.strip().isdecimal():
        return float(said[:12])
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _why(error: OSError | HTTPException, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {seconds:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "no encrypted connection could be made"
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    return "the connection broke" if isinstance(error, OSError) else "what answered does not speak HTTP, or was cut off"
