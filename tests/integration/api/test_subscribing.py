"""Changes as they happen, over a real connection: one protocol, known callers, own pages, a limited number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from knotwork.graphql.router import SUBSCRIPTIONS
from tests.aside import aside
from tests.integration.api.conftest import LAN
from tests.serving import running

PROTOCOL: Any = "graphql-transport-ws"
CHANGES = "subscription { changes { kind customer identifiers cursor } }"


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    with running(app) as made:
        yield made.replace("http", "ws") + "/graphql"


async def introduced(connection: ClientConnection, token: str) -> dict[str, Any]:
    payload = {"authorization": f"Bearer {token}"}
    await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
    return json.loads(await connection.recv())


async def subscribe(connection: ClientConnection, name: str, query: str = CHANGES) -> None:
    await connection.send(json.dumps({"id": name, "type": "subscribe", "payload": {"query": query}}))


def token(kw: Any, role: str) -> str:
    return str(kw.tokens.create(f"a {role}", role, by="mai")[1])


def test_a_change_comes_as_it_is_published_and_masked(kw: Any, address: str) -> None:
    given = token(kw, "analyst")

    async def talk() -> dict[str, Any]:
        async with connect(address, subprotocols=[PROTOCOL]) as connection:
            assert (await introduced(connection, given))["type"] == "connection_ack"
            await subscribe(connection, "1")
            await asyncio.sleep(0.5)
            event = {
                "source": "web",
                "message_id": "new",
                "timestamp": "2026-04-01T09:00:00Z",
                "identifiers": {"email": "new.person@example.com", "cookie": "new"},
            }
            await asyncio.to_thread(kw.collect, [event])
            found: dict[str, Any] = json.loads(await connection.recv())
            return found

    found = aside(talk)
    assert (found["type"], found["id"]) == ("next", "1")
    change = found["payload"]["data"]["changes"]
    assert change["kind"] == "created"
    assert "new.person" not in json.dumps(found)
    assert "cookie:new" in change["identifiers"]


@pytest.mark.parametrize("given", ["", "nonsense", "kw_00000000_" + "a" * 43])
def test_strangers_are_sent_away(address: str, given: str) -> None:
    async def talk() -> int:
        async with connect(address, subprotocols=[PROTOCOL]) as connection:
            with pytest.raises(ConnectionClosed) as closed:
                await introduced(connection, given)
            return int(closed.value.rcvd.code if closed.value.rcvd else 0)

    assert aside(talk) == 4403


@pytest.mark.parametrize("role", ["viewer", "collector"])
def test_who_sees_no_customers_hears_of_none(kw: Any, address: str, role: str) -> None:
    given = token(kw, role)

    async def talk() -> dict[str, Any]:
        async with connect(address, subprotocols=[PROTOCOL]) as connection:
            await introduced(connection, given)
            await subscribe(connection, "1")
            found: dict[str, Any] = json.loads(await connection.recv())
            return found

    assert "FORBIDDEN" in json.dumps(aside(talk))


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}])
def test_pages_and_names_of_others_are_refused(address: str, headers: dict[str, str]) -> None:
    async def talk() -> None:
        with pytest.raises((InvalidStatus, ConnectionClosed, OSError)):
            async with connect(address, subprotocols=[PROTOCOL], additional_headers=headers) as connection:
                await connection.recv()

    aside(talk)


def test_the_older_protocol_is_not_spoken(kw: Any, address: str) -> None:
    given = token(kw, "admin")

    async def talk() -> int:
        old: Any = "graphql-ws"
        try:
            async with connect(address, subprotocols=[old]) as connection:
                with pytest.raises(ConnectionClosed) as closed:
                    await introduced(connection, given)
                return int(closed.value.rcvd.code if closed.value.rcvd else 0)
        except InvalidStatus:
            return 4406

    assert aside(talk) == 4406


def test_a_connection_holds_so_many_operations_and_the_same_limits(kw: Any, address: str) -> None:
    given = token(kw, "analyst")

    async def talk() -> tuple[dict[str, Any], dict[str, Any]]:
        async with connect(address, subprotocols=[PROTOCOL]) as connection:
            await introduced(connection, given)
            for place in range(SUBSCRIPTIONS):
                await subscribe(connection, str(place))
            await subscribe(connection, "one too many")
            many = json.loads(await connection.recv())
            await connection.send(json.dumps({"id": "0", "type": "complete"}))
            await subscribe(connection, "deep", "{" + " ".join(f"a{n}: __typename" for n in range(20)) + "}")
            return many, json.loads(await connection.recv())

    many, deep = aside(talk)
    assert (many["id"], many["type"]) == ("one too many", "error")
    assert deep["payload"][0]["extensions"]["limit"] == "aliases"


def test_a_revoked_token_hears_no_more(kw: Any, address: str) -> None:
    made, given = kw.tokens.create("a", "analyst", by="mai")

    async def talk() -> dict[str, Any]:
        async with connect(address, subprotocols=[PROTOCOL]) as connection:
            await introduced(connection, given)
            await subscribe(connection, "1")
            await asyncio.sleep(0.3)
            kw.tokens.revoke(made.id, by="mai")
            found: dict[str, Any] = json.loads(await connection.recv())
            return found

    assert "UNAUTHENTICATED" in json.dumps(aside(talk))


def test_a_query_over_the_connection_is_masked_too(kw: Any, address: str) -> None:
    given = token(kw, "analyst")

    async def talk() -> dict[str, Any]:
        async with connect(address, subprotocols=[PROTOCOL]) as connection:
            await introduced(connection, given)
            await subscribe(connection, "1", f'{{ customer(key: "{LAN}") {{ profile }} }}')
            found: dict[str, Any] = json.loads(await connection.recv())
            return found

    shown = json.dumps(aside(talk), ensure_ascii=False)
    assert "N. T. L." in shown
    assert "Nguyễn" not in shown
