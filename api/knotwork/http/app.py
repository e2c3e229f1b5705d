"""The application: pages, GraphQL and health behind one gate and one shield."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from knotwork.access.keys import Keys
from knotwork.access.masks import Mask
from knotwork.access.roles import Role
from knotwork.graphql.router import graphql_router
from knotwork.http.gate import LOOPBACK, Gate
from knotwork.http.health import health_router
from knotwork.http.shield import Shield
from knotwork.service.views import Explorer
from knotwork.web.pages import pages
from knotwork.web.site import Site


def create_app(
    explorer: Explorer,
    *,
    token: str,
    role: Role | str = Role.ANALYST,
    hosts: Iterable[str] = (),
    zone: tzinfo | None = None,
) -> FastAPI:
    """The application over a workspace. ``role`` decides what its visitors see; ``zone`` in which times are shown.

    It answers to loopback names and to ``hosts``. Raises ``ValueError`` for a short token or an unknown role.
    """
    keys, mask = Keys(token), Mask(Role(role))
    site = Site(explorer, mask, keys, zone)
    app = FastAPI(title="Knotwork", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health_router(explorer))
    app.include_router(graphql_router(explorer, mask, keys.derived(b"cursors")))
    app.include_router(pages(site))

    def refusal(request: Request, status: int) -> Response:
        return site.refusal(request, status)

    site.answer_errors_of(app)
    app.add_middleware(Gate, keys=keys, hosts=LOOPBACK | {host.lower() for host in hosts}, refusal=refusal)
    app.add_middleware(Shield)
    return app
