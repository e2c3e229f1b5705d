from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import pytest

from knotwork.http.serving import ServeError, link, listen
from knotwork_graph.errors import KnotworkError, UsageError
from tests.aside import aside


def test_any_free_port() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_port_in_use_says_so_and_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"port {port} on 127\.0\.0\.1 is in use.*--port 0") as caught:
            listen("127.0.0.1", port)
    assert isinstance(caught.value, KnotworkError)


@pytest.mark.parametrize("port", [-1, 65536])
def test_port_that_is_none(port: int) -> None:
    with pytest.raises(UsageError, match="is no port"):
        listen("127.0.0.1", port)


def test_address_of_another_machine() -> None:
    with pytest.raises(ServeError, match=r"cannot listen on 203\.0\.113\.7"):
        listen("203.0.113.7", 0)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/?token=t"),
        ("::1", "http://[::1]:80/?token=t"),
        ("0.0.0.0", "http://127.0.0.1:80/?token=t"),  # noqa: S104 - a name to turn into a link
        ("shop.local", "http://shop.local:80/?token=t"),
    ],
)
def test_link_can_be_opened(host: str, expected: str) -> None:
    assert link(host, 80, "t") == expected


def test_pictures_start_nothing_heavy_when_imported() -> None:
    heavy = ("networkx", "numpy", "scipy", "pyvis", "IPython", "jinja2", "fastapi", "duckdb", "pyarrow")
    code = f"import sys, knotwork_visualise; print([name for name in {heavy} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


async def nodelay_of(listener: socket.socket) -> int:
    """Whether an answer on a connection that the listener took would be sent at once."""
    taken: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        taken.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(met, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        found = await taken
        writer.close()
        return found


def test_an_answer_does_not_wait_until_its_headers_were_acknowledged():
    with listen("127.0.0.1", 0) as listener:
        assert aside(lambda: nodelay_of(listener)) != 0
