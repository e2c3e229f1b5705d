"""The one gate: which host names we answer to, who may pass, and which posts are our own pages'.

Closed by default: a new route needs the token without having to ask for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from knotwork.access.caller import Caller
from knotwork.access.door import Door
from knotwork.access.entry import admit
from knotwork.access.roles import sees_sums
from knotwork.http.rates import Rates

OPEN = frozenset({"/healthz", "/readyz"})
OPEN_TO_BROWSERS = ("/static/", "/enter", "/language/")
API = ("/graphql", "/v1/")
SUBSCRIPTIONS = "/graphql"
METRICS = "/metrics"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE = frozenset({"GET", "HEAD"})
WRONG_A_MINUTE = 60
"""So often may one address bring what opens nothing; more is somebody trying."""

Page = Callable[[Request, int], Response]


@dataclass(frozen=True, slots=True)
class Gate:
    """Passes a request on with who sent it, or answers in its place.

    ``refusal`` makes the page for a browser that may not pass.
    """

    app: ASGIApp
    door: Door
    hosts: frozenset[str]
    refusal: Page
    rates: Rates
    wrong: Rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection of subscriptions."""
        if scope["type"] == "websocket":
            await self._connection(scope, receive, send)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        else:
            request = Request(scope, receive)
            # an issuer's keys are fetched while the loop goes on with others
            answer = await run_in_threadpool(self._answer, request) if self.door.issuer else self._answer(request)
            await (answer or self.app)(scope, receive, send)

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a connection of subscriptions through; who it is, a header says now, or its first message later."""
        connection = HTTPConnection(scope)
        if host_of(connection) not in self.hosts or scope["path"] != SUBSCRIPTIONS:
            await send({"type": "websocket.close", "code": 1008})
            return
        given = connection.headers.get("authorization", "")
        caller = await run_in_threadpool(self.door.by_header, given) if given else None
        known_as(scope, caller)
        await self.app(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        """The answer in place of the application's, or None where the request may pass."""
        path = request.url.path
        if path in OPEN:
            return None
        if host_of(request) not in self.hosts:
            return JSONResponse({"error": "this server does not answer to that host name"}, 421)
        if path.startswith(API) or path == METRICS:
            caller = self._bearer(request)
            return self._counted(request, caller) if caller else self._unknown(request, _unauthorised())
        if not _own(request):
            return self.refusal(request, 403)
        if path.startswith(OPEN_TO_BROWSERS):
            return None
        return self._page(request)

    def _page(self, request: Request) -> Response | None:
        given = request.query_params.get("token")
        if given is not None and request.method == "GET":
            cookie = self.door.cookie_for(given)
            if cookie is None:
                return self._unknown(request, self.refusal(request, 401))
            return admit(self.door.keys, _without_token(request), cookie)
        sent = request.cookies.get(self.door.keys.cookie_name, "")
        caller = (self.door.by_cookie(sent) if sent else None) or self._bearer(request)
        if caller is None:
            return self._unknown(request, self.refusal(request, 401))
        return self._counted(request, caller) if sees_sums(caller.role) else self.refusal(request, 403)

    def _bearer(self, request: Request) -> Caller | None:
        given = request.headers.get("authorization", "")
        return self.door.by_header(given) if given else None

    def _counted(self, request: Request, caller: Caller) -> Response | None:
        """Nothing in the way of a caller, unless it has sent too many requests."""
        known_as(request.scope, caller)
        waits = self.rates.wait(caller.key)
        return _too_many(self.rates.per_minute, waits) if waits else None

    def _unknown(self, request: Request, answer: Response) -> Response:
        """``answer`` to whoever brings nothing that opens, or a plain no where that happens too often."""
        address = request.client.host if request.client else ""
        waits = self.wrong.wait(address)
        return _too_many(self.wrong.per_minute, waits) if waits else answer


def known_as(scope: Scope, caller: Caller | None) -> None:
    """Let whoever serves the request know who sent it."""
    scope.setdefault("state", {})["caller"] = caller


def caller_of(connection: HTTPConnection) -> Caller | None:
    """Who sent a request that has passed the gate."""
    found: Caller | None = connection.scope.get("state", {}).get("caller")
    return found


def host_of(request: HTTPConnection) -> str:
    """The host name of the request, without port and brackets; empty where it names none."""
    host = request.headers.get("host", "").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _without_token(request: Request) -> str:
    """The same path and query without the token. A path of two slashes would lead to another host."""
    url = URL(f"/{request.url.path.lstrip('/')}?{request.url.query}").remove_query_params("token")
    return str(url)


def _own(request: Request) -> bool:
    """Whether a request that may change something comes from one of our own pages.

    Browsers say so in ``Sec-Fetch-Site``; where that is missing, ``Origin`` must be ours. Under ``no-referrer`` a form
    sends no origin, so it cannot be asked for first.
    """
    if request.method in SAFE:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("origin", "") == f"{request.url.scheme}://{request.headers.get('host', '')}"


def _unauthorised() -> Response:
    text = "send a token as `Authorization: Bearer TOKEN`; cookies do not open this address"
    return JSONResponse(refused("UNAUTHENTICATED", text), 401, {"www-authenticate": "Bearer"})


def _too_many(limit: int, waits: float) -> Response:
    seconds = ceil(waits)
    text = f"more than {limit} requests in a minute; go on in {seconds} seconds"
    body = refused("RATE_LIMITED", text, limit=limit)
    return JSONResponse(body, 429, {"retry-after": str(seconds)})


def refused(code: str, message: str, **more: object) -> dict[str, object]:
    """The body of an answer that says no, in the form that GraphQL has for errors."""
    return {"errors": [{"message": message, "extensions": {"code": code, **more}}]}
