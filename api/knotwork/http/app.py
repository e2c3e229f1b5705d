"""The application: pages, GraphQL and health behind one gate and one shield."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from fastapi import FastAPI
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from knotwork.access.caller import Caller
from knotwork.access.door import Door
from knotwork.access.issuer import Issuer
from knotwork.access.keys import Keys
from knotwork.access.roles import Role
from knotwork.access.secret import Secret
from knotwork.access.tokens import TokenBook
from knotwork.graphql.context import Context
from knotwork.graphql.cursors import Cursors
from knotwork.graphql.router import graphql_router
from knotwork.graphql.schema import schema
from knotwork.http.gate import LOOPBACK, WRONG_A_MINUTE, Gate, caller_of
from knotwork.http.health import health_router
from knotwork.http.rates import Rates
from knotwork.http.shield import Shield
from knotwork.service.views import Explorer
from knotwork.web.pages import pages
from knotwork.web.site import Site

PER_MINUTE = 1_200


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in beside the holder of the link, and how often anybody may ask.

    Without a ``secret`` cursors and join hashes are good until the server ends.
    """

    tokens: TokenBook | None = None
    issuer: Issuer | None = None
    secret: Secret | None = None
    per_minute: int = PER_MINUTE


def create_app(
    explorer: Explorer,
    *,
    token: str,
    role: Role | str = Role.ANALYST,
    show_personal: bool = False,
    hosts: Iterable[str] = (),
    zone: tzinfo | None = None,
    access: Access | None = None,
) -> FastAPI:
    """The application over a workspace. ``role`` is that of whoever holds ``token``; ``zone`` that of times on pages.

    It answers to loopback names and to ``hosts``. Raises ``ValueError`` for a short token or an unknown role.
    """
    keys, chosen = Keys(token), access or Access()
    door = Door(keys, Caller("link", Role(role), "link", clear=show_personal), chosen.tokens, chosen.issuer)
    secret = chosen.secret or Secret(keys.derived(b"workspace"))
    cursors, site = Cursors(secret.of(b"cursors")), Site(explorer, door, zone)
    app = FastAPI(title="Knotwork", docs_url=None, redoc_url=None, openapi_url=None)

    def context(connection: HTTPConnection) -> Context:
        return Context(explorer, caller_of(connection), cursors)

    def refusal(request: Request, status: int) -> Response:
        return site.refusal(request, status)

    app.include_router(health_router(explorer))
    app.include_router(graphql_router(schema(), door, context))
    app.include_router(pages(site))
    site.answer_errors_of(app)
    names = LOOPBACK | {host.lower() for host in hosts}
    rates, wrong = Rates(chosen.per_minute), Rates(WRONG_A_MINUTE)
    app.add_middleware(Gate, door=door, hosts=names, refusal=refusal, rates=rates, wrong=wrong)
    app.add_middleware(Shield)
    return app
