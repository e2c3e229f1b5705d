"""What all pages share: the service, the mask, templates, and the pages for what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import cached_property
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from knotwork.access.caller import Caller
from knotwork.access.door import Door
from knotwork.access.masks import Mask
from knotwork.access.roles import Role, sees_customers
from knotwork.service.views import Explorer
from knotwork.web.catalogue import LANGUAGES, catalogue, language_of, with_code
from knotwork.web.customer_page import Reader
from knotwork.web.formats import Formats
from knotwork.web.reasons import why
from knotwork.web.static_files import address
from knotwork_graph.errors import KnotworkError
from knotwork_visualise.charts.orders import is_order, revenue
from knotwork_visualise.cluster_svg import legend_svg
from knotwork_visualise.looks import look
from knotwork_visualise.picture import LegendEntry
from knotwork_visualise.words import channel_word, counted, type_word

PROBLEMS = {401: "enter", 403: "forbidden", 404: "missing"}


class Site:
    """Renders pages for one server, whose workspace is called ``name``; whoever has not come in is not told."""

    def __init__(self, explorer: Explorer, door: Door, zone: tzinfo | None, name: str = "") -> None:
        self.explorer, self.door, self.zone, self.name = explorer, door, zone, name

    def mask(self, request: Request) -> Mask:
        """What whoever asks may see; on the pages before the door, as little as anybody."""
        caller: Caller | None = request.scope.get("state", {}).get("caller")
        return caller.mask if caller else Mask(Role.COLLECTOR)

    @cached_property
    def templates(self) -> Environment:
        """Templates that escape everything, and fail loudly on a name that is not there."""
        loader = PackageLoader("knotwork.web", "templates")
        made = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        made.globals |= {"static": address, "languages": LANGUAGES, "type_key": _type_key}
        made.filters["code"] = with_code
        made.globals |= {"is_order": is_order, "revenue": revenue}
        return made

    def reader(self, request: Request) -> Reader:
        """Who asks: its mask, the words and forms of the reader's language."""
        language = language_of(request)
        return Reader(self.mask(request), catalogue(language), Formats(language, self.zone))

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page in the reader's language."""
        return HTMLResponse(self.rendered(request, template, **values), status)

    def rendered(self, request: Request, template: str, **values: Any) -> str:
        """The text of a page."""
        reader = self.reader(request)
        language = reader.formats.language
        shared: Mapping[str, Any] = {
            "t": reader.texts,
            "f": reader.formats,
            "counted": lambda key, count: counted(reader.texts, key, count),
            "language": language,
            "workspace": "" if reader.mask.role is Role.COLLECTOR else self.name,
            "role": f"{reader.mask.role.value}{'_clear' if reader.mask.clear else ''}",
            "here": quote(request.url.path) if request.method == "GET" else "/customers",
            "sees_customers": sees_customers(reader.mask.role),
            "why": lambda reason: why(reason, reader.texts),
            "kind": lambda name: type_word(name, language),
            "channel": lambda name: channel_word(name, language),
        }
        return self.templates.get_template(template).render(**shared, **values)

    def refusal(self, request: Request, status: int) -> Response:
        """The page for a browser that may not pass: 401 asks for the token, anything else says no."""
        if status == 401:
            return self.page(request, "enter.html.j2", 401, wrong="token" in request.query_params)
        return self.problem(request, status)

    def problem(self, request: Request, status: int) -> Response:
        """A page that says what is wrong and what to do."""
        return self.page(request, "problem.html.j2", status, problem=PROBLEMS.get(status, "failed"))

    def answer_errors_of(self, app: FastAPI) -> None:
        """Give errors a page in a browser, and JSON to programs."""

        async def on_http(request: Request, error: Exception) -> Response:
            status = error.status_code if isinstance(error, HTTPException) else 500
            if request.url.path.startswith(("/graphql", "/v1/")):
                return JSONResponse({"error": "no such address or method"}, status)
            return self.problem(request, status)

        async def on_ours(request: Request, _: Exception) -> Response:
            return self.problem(request, 503)

        async def on_bad_value(request: Request, _: Exception) -> Response:
            return self.problem(request, 404)

        app.add_exception_handler(HTTPException, on_http)
        app.add_exception_handler(RequestValidationError, on_bad_value)
        app.add_exception_handler(KnotworkError, on_ours)


def _type_key(kind: str) -> str:
    """The little mark of an identifier type."""
    style = look(kind)
    return legend_svg(LegendEntry("", style.colour, style.shape))
