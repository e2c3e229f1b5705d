"""``POST /graphql``: JSON only, no page of its own, no subscriptions yet."""

from __future__ import annotations

from typing import Any

from strawberry.fastapi import GraphQLRouter

from knotwork.access.masks import Mask
from knotwork.graphql.context import Context
from knotwork.graphql.cursors import Cursors
from knotwork.graphql.schema import schema
from knotwork.service.views import Explorer


def graphql_router(explorer: Explorer, mask: Mask, secret: bytes) -> GraphQLRouter[Context, Any]:
    """The router for ``/graphql``; ``secret`` signs its cursors."""
    cursors = Cursors(secret)

    def context() -> Context:
        return Context(explorer, mask, cursors)

    return GraphQLRouter(
        schema(),
        path="/graphql",
        graphql_ide=None,
        allow_queries_via_get=False,
        context_getter=context,
        subscription_protocols=(),
        include_in_schema=False,
    )
