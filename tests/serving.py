"""A real server in a thread, for tests that speak HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from knotwork.http.serving import listen, settings_for


@contextmanager
def running(app: Any) -> Iterator[str]:
    """The address of a server for ``app``, set as ``knotwork serve`` sets its own, as long as the block lasts."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(settings_for(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()
