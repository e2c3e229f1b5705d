"""Coming in with tokens of the workspace and of an issuer: what opens, what is shown, and how often one may ask."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from knotwork.access.issuer import Issuer, IssuerSettings
from knotwork.access.roles import Role
from knotwork.access.secret import Secret, kept_secret
from knotwork.access.tokens import TokenBook
from knotwork.http.app import Access, create_app
from knotwork.http.gate import WRONG_A_MINUTE
from knotwork.http.rates import Rates
from knotwork_graph.errors import WorkspaceError
from tests.unit.access.issuer_server import IssuerServer
from tests.unit.web.conftest import TOKEN, Visitor

LAN = "cus_0000000011"


@pytest.fixture
def book(tmp_path: Path) -> TokenBook:
    return TokenBook(tmp_path / "tokens.db")


@pytest.fixture
def server() -> Iterator[IssuerServer]:
    made = IssuerServer()
    yield made
    made.close()


def app_of(explorer: Any, book: TokenBook, **more: Any) -> Any:
    return create_app(explorer, token=TOKEN, access=Access(tokens=book, **more))


def bearer(app: Any, token: str) -> Visitor:
    return Visitor(app, headers={"authorization": f"Bearer {token}"})


def test_each_token_shows_what_its_role_may_see(explorer: Any, book: TokenBook) -> None:
    app = app_of(explorer, book)
    asked = f'{{ customer(id: "{LAN}") {{ id profile }} }}'
    for role in Role:
        answer = bearer(app, book.create("x", role)[1]).graphql(asked)
        if role in (Role.VIEWER, Role.COLLECTOR):
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        else:
            assert answer["data"]["customer"]["profile"]["name"] == "N. T. L."


def test_a_revoked_token_opens_neither_api_nor_pages(explorer: Any, book: TokenBook) -> None:
    app = app_of(explorer, book)
    made, text = book.create("Mai", Role.ANALYST)
    api, pages = bearer(app, text), Visitor(app)
    assert pages.post("/enter", data={"token": text}).status_code == 303
    assert pages.get("/customers").status_code == 200
    assert "errors" not in api.graphql("{ overview { customers } }")
    book.revoke(made.id)
    assert pages.get("/customers").status_code == 401
    assert api.post("/graphql", json={"query": "{ __typename }"}).status_code == 401


def test_the_cookie_is_not_the_token_and_cannot_be_made_from_another(explorer: Any, book: TokenBook) -> None:
    app = app_of(explorer, book)
    (_, text), (other, _) = book.create("Mai", Role.ANALYST), book.create("Linh", Role.ADMIN)
    visitor = Visitor(app)
    assert visitor.get(f"/customers?token={text}").status_code == 303
    name, value = next(iter(visitor.cookies.items()))
    assert text.rpartition("_")[2] not in value
    thief = Visitor(app)
    thief.cookies.set(name, f"{other.id}.{value.partition('.')[2]}")
    assert thief.get("/customers").status_code == 401


def test_a_collector_sees_no_page_and_no_figure(explorer: Any, book: TokenBook) -> None:
    app = app_of(explorer, book)
    text = book.create("shop", Role.COLLECTOR)[1]
    assert bearer(app, text).get("/").status_code == 403
    assert bearer(app, text).graphql("{ overview { customers } }")["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_a_token_of_the_issuer_opens_the_api(explorer: Any, book: TokenBook, server: IssuerServer) -> None:
    app = app_of(explorer, book, issuer=Issuer(IssuerSettings(server.url, "knotwork")))
    asked = f'{{ customer(id: "{LAN}") {{ profile }} }}'
    answer = bearer(app, server.token()).graphql(asked)
    assert answer["data"]["customer"]["profile"]["name"] == "N. T. L."
    refused = bearer(app, server.token(aud="x")).post("/graphql", json={"query": asked})
    assert refused.status_code == 401


def test_who_asks_too_often_is_told_when_to_go_on(explorer: Any, book: TokenBook) -> None:
    app = app_of(explorer, book, per_minute=3)
    first, second = (bearer(app, book.create(name, Role.ANALYST)[1]) for name in ("a", "b"))
    ask = {"json": {"query": "{ __typename }"}}
    assert [first.post("/graphql", **ask).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = first.post("/graphql", **ask)
    assert answer.json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED", "limit": 3}
    assert "more than 3 requests in a minute" in answer.json()["errors"][0]["message"]
    assert 1 <= int(answer.headers["retry-after"]) <= 20
    assert second.post("/graphql", **ask).status_code == 200


def test_whoever_tries_tokens_is_slowed_down(explorer: Any, book: TokenBook) -> None:
    app = app_of(explorer, book)
    thief = bearer(app, "kw_00000000_" + "a" * 43)
    seen = [thief.post("/graphql", json={"query": "{a}"}).status_code for _ in range(WRONG_A_MINUTE + 3)]
    assert set(seen[:WRONG_A_MINUTE]) == {401}
    assert seen[-1] == 429
    good = bearer(app, book.create("Mai", Role.ANALYST)[1])
    assert good.post("/graphql", json={"query": "{ __typename }"}).status_code == 200


def test_a_bucket_fills_again_and_quiet_callers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    rates = Rates(2, lambda: now[0])
    assert [rates.wait("a"), rates.wait("a")] == [0, 0]
    assert rates.wait("a") == 30
    now[0] = 30
    assert rates.wait("a") == 0
    monkeypatch.setattr("knotwork.http.rates.MOST_CALLERS", 2)
    for key in "bcd":
        rates.wait(key)
    assert len(rates._left) == 2


def test_the_secret_is_made_once_and_is_its_owner_s(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: kept_secret(path).raw, range(16)))
    assert len(made) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret"]
    path.write_bytes(b"x")
    with pytest.raises(WorkspaceError, match="no secret"):
        kept_secret(path)


def test_hashes_join_and_tell_nothing() -> None:
    one, other = Secret(b"a" * 32), Secret(b"b" * 32)
    assert one.join_hash("email:lan@x.vn") == one.join_hash("email:lan@x.vn")
    assert one.join_hash("email:lan@x.vn") != one.join_hash("email:lan@x.vm")
    assert one.join_hash("email:lan@x.vn") != other.join_hash("email:lan@x.vn")
    assert len(one.join_hash("email:lan@x.vn")) == 32
