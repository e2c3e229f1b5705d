"""``/graphql`` over HTTP, as the GraphQL over HTTP specification has it, and subscriptions of one protocol alone.

Measured with the audits of the npm package ``graphql-http``: what the stock router lacks is added here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from cross_web import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from strawberry.exceptions import ConnectionRejectionError
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from knotwork.access.door import Door
from knotwork.graphql.context import Context

JSON_TYPE = "application/json"
GRAPHQL_TYPE = "application/graphql-response+json"
TO_INTRODUCE = timedelta(seconds=10)
SUBSCRIPTIONS = 10
"""So many operations may run on one connection."""
NOTHING: UnsetType = UNSET  # which Strawberry types as anything
STATUSES = {"Unsupported content type": 415}


class Router(GraphQLRouter[Context, Any]):
    """The stock router with the media type of GraphQL, its statuses, and errors that are JSON."""

    door: Door

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        """Serve one request or connection."""
        try:
            if request.scope["type"] == "http":
                check_accept(request)
            return await super().run(request, context=context, root_value=root_value)
        except HTTPException as error:
            code = "UNSUPPORTED_MEDIA_TYPE" if error.reason in STATUSES else "BAD_REQUEST"
            errors = [{"message": error.reason, "extensions": {"code": code}}]
            return JSONResponse({"errors": errors}, STATUSES.get(error.reason, error.status_code))

    async def parse_http_body(self, request: Any) -> GraphQLRequestData | list[GraphQLRequestData]:
        """The request as GraphQL's own parts, each of its type."""
        try:
            data = await super().parse_http_body(request)
        except (AttributeError, UnicodeDecodeError, RecursionError) as error:
            raise HTTPException(400, "The request must be a JSON object with a `query`.") from error
        if isinstance(data, GraphQLRequestData) and not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "The GraphQL operation's `operationName` must be a string or null, if provided.")
        return data

    async def get_sub_response(self, request: Request) -> Response:
        """What tells ``create_response`` the media type that was asked for."""
        return Response(media_type=media_type(request.headers.get("accept", "")))

    async def process_result(self, request: Any, result: Any) -> Any:
        """The answer; without ``data`` where the operation was refused before any of it ran."""
        answer = await super().process_result(request, result)
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            answer.pop("data", None)
        return answer

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """The response, in the media type that was asked for, with the status that this type has for refusals."""
        kind = sub_response.media_type or JSON_TYPE
        refused = kind == GRAPHQL_TYPE and isinstance(response_data, dict) and "data" not in response_data
        return Response(self.encode_json(response_data), 400 if refused else 200, media_type=f"{kind}; charset=utf-8")

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Let in whoever has a token, in the header or as ``authorization`` in the first message."""
        params = getattr(context, "connection_params", None) or {}
        given = context.header or params.get("authorization")
        if isinstance(given, str) and given:
            context.again = partial(self.door.by_header, given)
            context.known = await run_in_threadpool(context.again)
        if context.known is None:
            raise ConnectionRejectionError
        return NOTHING


def check_accept(request: Request) -> None:
    """Refuse a page that is opened in a browser: what it asks for stands in the address, which is kept."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        raise HTTPException(406, "This address answers programs; there is no page here.")


def media_type(accept: str) -> str:
    """The media type of the answer: GraphQL's own where it is named, unless JSON is named before it or wanted more.

    >>> media_type("application/graphql-response+json; charset=utf-8, application/json;q=0.9"), media_type("*/*")
    ('application/graphql-response+json', 'application/json')
    """
    best, weight = JSON_TYPE, -1.0
    for part in accept.split(","):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        if name in (JSON_TYPE, GRAPHQL_TYPE) and _weight(parameters) > weight:
            best, weight = name, _weight(parameters)
    return best


def _weight(parameters: list[str]) -> float:
    given = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return float(given)
    except ValueError:
        return 0.0


def graphql_router(
    schema: Any, door: Door, make: Callable[[HTTPConnection], Context], origins: tuple[str, ...] = ()
) -> Router:
    """The router for ``/graphql``; ``make`` gives each request its context. Pages of ``origins`` may subscribe too."""

    async def context(connection: HTTPConnection) -> Context:  # a plain function would be given a thread of its own
        return make(connection)

    # its dependency is read by its annotations, which must be real ones
    context.__annotations__ = {"connection": HTTPConnection, "return": Context}
    router = Router(
        schema,
        path="/graphql",
        graphql_ide=None,
        allow_queries_via_get=True,
        context_getter=context,
        subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        connection_init_wait_timeout=TO_INTRODUCE,
        max_subscriptions_per_connection=SUBSCRIPTIONS,
        allowed_origins=origins,
        include_in_schema=False,
    )
    router.door = door
    return router
