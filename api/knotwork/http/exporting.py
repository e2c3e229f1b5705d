"""``/v1/export/{what}``: whole tables as streams, masked by role, each noted in the audit chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from knotwork.access.roles import sees_customers
from knotwork.access.secret import Secret
from knotwork.http.gate import caller_of, refused
from knotwork.service.streams import COLUMNS, FORMS, Reader
from knotwork_graph.errors import KnotworkError

if TYPE_CHECKING:
    from knotwork.access.caller import Caller
    from knotwork.workspace import Workspace

KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}
ANSWERS = {
    200: {"description": "The table.", "content": {"text/csv": {}, "application/jsonl": {}}},
    400: {"description": "There is no such table or form."},
    401: {"description": "No token, or one that opens nothing."},
    403: {"description": "The role sees sums only."},
    429: {"description": "Too many requests in a minute; Retry-After says when to go on."},
    503: {"description": "The stores do not answer, or nothing is published yet."},
}
What = Annotated[str, Path(description=f"The table: {', '.join(COLUMNS)}.", max_length=40)]
Form = Annotated[str, Query(description=f"The form: {', '.join(FORMS)}.", max_length=20)]


def export_router(workspace: Workspace, secret: Secret) -> APIRouter:
    """The route that exports."""
    router = APIRouter(prefix="/v1/export", tags=["export"])

    @router.get("/{what}", summary="A whole table as a stream", responses=ANSWERS, response_class=StreamingResponse)  # type: ignore[arg-type]  # keys of the mapping are statuses
    def export(request: Request, what: What, format: Form = "csv") -> Response:  # noqa: A002 - the parameter's public name
        """The table as CSV (safe against formulas), JSON lines or Parquet, masked as the caller's role demands."""
        caller = caller_of(request)
        if caller is None or not sees_customers(caller.role):
            return JSONResponse(refused("FORBIDDEN", "this role sees sums only; ask for a token of another role"), 403)
        return answered(lambda: begun(workspace, what, format, Reader(caller.mask, secret), caller), what, format)

    return router


def begun(workspace: Workspace, what: str, form: str, reader: Reader, caller: Caller) -> Iterator[bytes]:
    """The stream with its first part made, so that whatever is wrong is known before the answer begins."""
    parts = workspace.stream(what, form, reader)
    workspace.audit.audit("export", caller.name, what, f"as {form} over HTTP, {caller.role}")
    first = next(parts, b"")

    def all_parts() -> Iterator[bytes]:
        yield first
        yield from parts

    return all_parts()


def answered(begin: Callable[[], Iterator[bytes]], what: str, form: str) -> Response:
    """The stream as an answer, or what is wrong with the request or the stores."""
    try:
        parts = begin()
    except ValueError as error:
        return JSONResponse(refused("BAD_REQUEST", str(error)), 400)
    except (KnotworkError, OSError):
        text = "nothing can be exported: the stores do not answer, or nothing is published yet"
        return JSONResponse(refused("NOT_READY", text), 503)
    headers = {"content-disposition": f'attachment; filename="{what}.{form}"'}
    return StreamingResponse(parts, media_type=KINDS[form], headers=headers)
