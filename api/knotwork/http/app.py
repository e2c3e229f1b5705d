"""The application: pages, GraphQL and health behind one gate and one shield."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

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
from knotwork.graphql.context import Context, Shared
from knotwork.graphql.cursors import Cursors
from knotwork.graphql.router import graphql_router
from knotwork.graphql.schema import schema
from knotwork.http.exporting import export_router
from knotwork.http.gate import LOOPBACK, WRONG_A_MINUTE, Gate, caller_of
from knotwork.http.health import health_router, metrics_router
from knotwork.http.jobs import Jobs
from knotwork.http.metrics import Metrics
from knotwork.http.rates import Rates
from knotwork.http.shield import Shield
from knotwork.service.views import Explorer
from knotwork.web.pages import pages
from knotwork.web.site import Site

if TYPE_CHECKING:
    from knotwork.workspace import Workspace

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
    name: str = "",
) -> FastAPI:
    """The application over a workspace, which pages call ``name``. ``role`` is that of whoever holds ``token``.

    It answers to loopback names and to ``hosts``; ``zone`` is that of times on pages. Raises ``ValueError`` for a short
    token or an unknown role.
    """
    keys, chosen = Keys(token), access or Access()
    door = Door(keys, Caller("link", Role(role), "link", clear=show_personal), chosen.tokens, chosen.issuer)
    secret = chosen.secret or Secret(keys.derived(b"workspace"))
    site = Site(explorer, door, zone, name)
    shared = Shared(cast("Workspace", explorer), Cursors(secret.of(b"cursors")), secret, Jobs())
    app = FastAPI(
        title="Knotwork", version=version("knotwork"), docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        description="Exports, health and figures over HTTP. Everything else is asked over GraphQL, at /graphql.",
    )  # fmt: skip
    metrics = Metrics()

    def context(connection: HTTPConnection) -> Context:
        given = connection.headers.get("authorization", "")
        return Context(shared, caller_of(connection), given)

    def refusal(request: Request, status: int) -> Response:
        return site.refusal(request, status)

    app.include_router(health_router(explorer))
    app.include_router(metrics_router(explorer, metrics))
    app.include_router(export_router(shared.explorer, secret))
    app.include_router(graphql_router(schema(), door, context))
    app.include_router(pages(site))
    site.answer_errors_of(app)
    names = LOOPBACK | {host.lower() for host in hosts}
    rates, wrong = Rates(chosen.per_minute), Rates(WRONG_A_MINUTE)
    app.add_middleware(Gate, door=door, hosts=names, refusal=refusal, rates=rates, wrong=wrong)
    app.add_middleware(Shield, note=metrics.note)
    return app
