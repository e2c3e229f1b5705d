"""The one gate: which host names we answer to, who may pass, and which posts are our own pages'.

Closed by default: a new route needs the token without having to ask for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from knotwork.access.entry import admit
from knotwork.access.keys import Keys

OPEN = frozenset({"/healthz", "/readyz"})
OPEN_TO_BROWSERS = ("/static/", "/enter", "/language/")
API = ("/graphql", "/v1/")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE = frozenset({"GET", "HEAD"})

Page = Callable[[Request, int], Response]


@dataclass(frozen=True, slots=True)
class Gate:
    """Passes a request on, or answers in its place. ``refusal`` makes the page for a browser that may not pass."""

    app: ASGIApp
    keys: Keys
    hosts: frozenset[str]
    refusal: Page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = self._answer(request)
        await (answer or self.app)(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        """The answer in place of the application's, or None where the request may pass."""
        path = request.url.path
        if path in OPEN:
            return None
        if host_of(request) not in self.hosts:
            return JSONResponse({"error": "this server does not answer to that host name"}, 421)
        if path.startswith(API):
            return None if self._bearer(request) else _unauthorised()
        if not _own(request):
            return self.refusal(request, 403)
        if path.startswith(OPEN_TO_BROWSERS):
            return None
        return self._page(request)

    def _page(self, request: Request) -> Response | None:
        given = request.query_params.get("token")
        if given is not None and request.method == "GET":
            return admit(self.keys, _without_token(request)) if self.keys.fits(given) else self.refusal(request, 401)
        cookie = request.cookies.get(self.keys.cookie_name, "")
        return None if self.keys.fits_cookie(cookie) or self._bearer(request) else self.refusal(request, 401)

    def _bearer(self, request: Request) -> bool:
        return self.keys.fits_header(request.headers.get("authorization", ""))


def host_of(request: Request) -> str:
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
    text = "send the server's token as `Authorization: Bearer TOKEN`; cookies do not open this address"
    errors = [{"message": text, "extensions": {"code": "UNAUTHENTICATED"}}]
    return JSONResponse({"errors": errors}, 401, {"www-authenticate": "Bearer"})
