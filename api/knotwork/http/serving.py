"""Serving a workspace to a browser, as long as somebody wants it."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Thread

import uvicorn
from fastapi import FastAPI

from knotwork.access.keys import new_token
from knotwork.access.roles import Role
from knotwork.http.app import Access, create_app
from knotwork.http.gate import LOOPBACK
from knotwork.http.shield import MOST_BYTES
from knotwork.http.stopping import stoppable
from knotwork.service.views import Explorer
from knotwork_graph.errors import KnotworkError, UsageError
from knotwork_graph.model import IdentifierView
from knotwork_visualise import cluster_figure, scene

ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not listened on


class ServeError(KnotworkError, OSError):
    """The address cannot be listened on; the message says why and what to do."""


def serve(
    explorer: Explorer,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    token: str | None = None,
    role: Role | str | None = None,
    show_personal: bool = False,
    hosts: Iterable[str] = (),
    access: Access | None = None,
    name: str = "",
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted or told to end. ``ready`` is called with the link once it can be opened.

    Without it, the link is written out. Port 0 takes any free one. ``show_personal`` shows personal values in clear to
    whoever holds the link.
    Raises ``ServeError`` where the address cannot be had, ``UsageError`` for a port that is none.
    """
    listener = listen(host, port)
    secret = token or new_token()
    seen_as = role or (Role.STEWARD if show_personal else Role.ANALYST)
    own = () if host in ANY else (host,)
    app = create_app(
        explorer,
        token=secret,
        role=seen_as,
        show_personal=show_personal,
        hosts=(*hosts, *own),
        access=access,
        name=name,
    )
    Thread(target=_warm_up, daemon=True).start()
    (ready or _write)(link(host, listener.getsockname()[1], secret))
    with listener, suppress(KeyboardInterrupt), stoppable():
        uvicorn.Server(settings_for(app)).run(sockets=[listener])


def settings_for(app: FastAPI) -> uvicorn.Config:
    """How a server runs ``app``: it says nothing of itself, and lets requests end for some seconds when it stops."""
    return uvicorn.Config(
        app, access_log=False, log_config=None, server_header=False, date_header=True, proxy_headers=False,
        timeout_keep_alive=10, timeout_graceful_shutdown=5, h11_max_incomplete_event_size=64 * 1024, lifespan="off",
        ws="websockets-sansio", ws_max_size=MOST_BYTES, ws_ping_interval=20, ws_ping_timeout=20,
    )  # fmt: skip


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises ``ServeError`` or ``UsageError``."""
    if not 0 <= port <= 65535:
        raise UsageError(f"{port} is no port: choose one from 1 to 65535, or 0 for any free one")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named, for asyncio turns Nagle's algorithm off only where it is: else an answer waits 40 ms for
    # its caller to say that the headers came
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServeError(_why(error, host, port)) from error
    return listener


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use. Choose another with --port, or --port 0 for any free one."
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs more rights. Choose one above 1023 with --port."
    return f"this machine cannot listen on {host} port {port}. Choose another with --host; 127.0.0.1 always works."


def link(host: str, port: int, token: str) -> str:
    """The address to open, with the token in it. A server that listens everywhere is reached at this machine's own."""
    name = "127.0.0.1" if host in ANY | LOOPBACK - {"::1", "localhost"} else host
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port}/?token={token}"


def _warm_up() -> None:
    """Import what the first page would wait a second for; what fails here, that page will say."""
    with suppress(Exception):
        cluster_figure(scene((IdentifierView("cookie", "a"), IdentifierView("cookie", "b")), ()))


def _write(address: str) -> None:
    sys.stdout.write(f"Knotwork is at {address}\n")
    sys.stdout.flush()
