"""The explorer in a real browser: one server and one Chromium for the whole session, a fresh profile for each test."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn

from knotwork.http.app import create_app
from knotwork.http.serving import listen

TOKEN = "a-token-for-tests-only"  # noqa: S105 - it opens nothing but a test
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def people() -> ModuleType:
    """The module of the made-up workspace."""
    path = Path(__file__).with_name("made_up.py")
    spec = spec_from_file_location("made_up", path)
    assert spec
    assert spec.loader
    module = sys.modules["made_up"] = module_from_spec(spec)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def address(people: ModuleType) -> Iterator[str]:
    """The address of a server that shows the made-up people in clear."""
    listener = listen("127.0.0.1", 0)
    app = create_app(people.made_up(), token=TOKEN, role="steward", show_personal=True)
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield made
        made.close()


@dataclass
class Watched:
    """A page, and everything that it did and should not have done."""

    page: Any
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: self.problems.append(f"dialog {dialog.message}"))
        self.page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Watched]]:
    """Opens a page in a fresh profile, by the link unless told otherwise; keywords are those of a browser context."""
    contexts = []

    def opened(path: str = "/", *, link: bool = True, **profile: Any) -> Watched:
        given: dict[str, Any] = {"locale": "en", "viewport": {"width": 1440, "height": 1000}, **profile}
        contexts.append(browser.new_context(**given))
        watched = Watched(contexts[-1].new_page())
        watched.watch()
        if link:
            watched.page.goto(f"{address}/?token={TOKEN}")
        watched.page.goto(path if "://" in path else address + path)
        return watched

    yield opened
    for context in contexts:
        context.close()
