"""The application over a made-up workspace, asked without a network."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from knotwork.http.app import create_app
from tests.aside import aside

TOKEN = "a-token-for-tests-only"  # noqa: S105 - it opens nothing but a test
MADE_UP = Path(__file__).parents[2] / "e2e" / "made_up.py"


class Visitor:
    """A client that keeps cookies, and answers at once."""

    def __init__(self, app: Any, *, headers: dict[str, str] | None = None, host: str = "127.0.0.1:8765") -> None:
        self.app, self.headers, self.host = app, headers or {}, host
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return aside(lambda: self._ask(method, path, **more))

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://{self.host}", headers=self.headers, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **more)
            self.cookies = client.cookies
            return answer

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        own = {"sec-fetch-site": "same-origin"} if "headers" not in more else {}
        return self.ask("POST", path, **{"headers": own, **more})

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        return self.post("/graphql", json={"query": query, "variables": variables}).json()


@pytest.fixture(scope="session")
def people() -> ModuleType:
    """The module of the made-up workspace, which browser tests share."""
    spec = spec_from_file_location("made_up", MADE_UP)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    import sys

    sys.modules["made_up"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def explorer(people: ModuleType) -> Any:
    return people.made_up()


@pytest.fixture
def stranger(explorer: Any) -> Visitor:
    """Somebody without the token."""
    return Visitor(create_app(explorer, token=TOKEN))


@pytest.fixture
def analyst(explorer: Any) -> Visitor:
    """Somebody who came in by the link, and sees masked people."""
    visitor = Visitor(create_app(explorer, token=TOKEN))
    assert visitor.get(f"/?token={TOKEN}").status_code == 303
    return visitor


@pytest.fixture
def steward(explorer: Any) -> Visitor:
    """The same, seeing people in clear."""
    visitor = Visitor(create_app(explorer, token=TOKEN, role="steward", show_personal=True))
    visitor.get(f"/?token={TOKEN}")
    return visitor


@pytest.fixture
def api(explorer: Any) -> Visitor:
    """A program with the token in its header, seeing masked people."""
    return Visitor(create_app(explorer, token=TOKEN), headers={"authorization": f"Bearer {TOKEN}"})


@pytest.fixture
def clear_api(explorer: Any) -> Visitor:
    """A program that sees people in clear."""
    return Visitor(
        create_app(explorer, token=TOKEN, role="steward", show_personal=True),
        headers={"authorization": f"Bearer {TOKEN}"},
    )


@pytest.fixture
def viewer_api(explorer: Any) -> Visitor:
    """A program that sees sums only."""
    return Visitor(create_app(explorer, token=TOKEN, role="viewer"), headers={"authorization": f"Bearer {TOKEN}"})
