"""The routes of the explorer. A handler asks the service, masks, and renders; nothing more."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, HTTPException, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from knotwork.access.entry import admit
from knotwork.access.roles import sees_customers
from knotwork.service.views import CLUSTER_SIZES
from knotwork.web.catalogue import COOKIE, LANGUAGES
from knotwork.web.customer_page import ROWS, ROWS_MOST, customer_page
from knotwork.web.finding import find
from knotwork.web.portrait import heading
from knotwork.web.site import Site
from knotwork.web.static_files import static_router
from knotwork_graph.errors import UnknownCustomerError
from knotwork_graph.model import CustomerView, Heirs, customer_number

PAGE = 25


async def fields(request: Request) -> dict[str, str]:
    """The fields of a posted form. A body that is no form has none."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, max_num_fields=20))
    except ValueError:
        return {}


Fields = Annotated[dict[str, str], Depends(fields)]


def pages(site: Site) -> APIRouter:
    """All pages of one site."""
    router = APIRouter(include_in_schema=False)
    router.include_router(static_router())
    router.add_api_route("/", _Home(site).show, methods=["GET"], response_model=None)
    customers = _Customers(site)
    router.add_api_route("/customers", customers.browse, methods=["GET"], response_model=None)
    router.add_api_route("/find", customers.find, methods=["POST"], response_model=None)
    router.add_api_route("/customers/{customer}", customers.show, methods=["GET"], response_model=None)
    entrance = _Entrance(site)
    router.add_api_route("/enter", entrance.enter, methods=["POST"], response_model=None)
    router.add_api_route("/language/{language}", entrance.language, methods=["GET"], response_model=None)
    return router


class _Home:
    def __init__(self, site: Site) -> None:
        self.site = site

    def show(self, request: Request) -> Response:
        """The figures of the workspace; an empty one shows the next step."""
        overview = self.site.explorer.overview()
        sizes = {size: overview.cluster_sizes.get(size, 0) for size in CLUSTER_SIZES}
        return self.site.page(request, "home.html.j2", overview=overview, sizes=sizes)


class _Customers:
    def __init__(self, site: Site) -> None:
        self.site = site

    def browse(self, request: Request, after: str | None = None) -> Response:
        """Customers by id, a page at a time, under the search."""
        self._allowed(request)
        start = after if after and customer_number(after) else None
        found, more = self.site.explorer.customers(PAGE, start)
        return self._list(request, found, more=more, start=start)

    def find(self, request: Request, posted: Fields) -> Response:
        """Go to the customer that was typed. What was typed is never put into an address, which logs would keep."""
        self._allowed(request)
        typed = posted.get("q", "")
        found = find(self.site.explorer, typed)
        if len(found.customers) == 1:
            return RedirectResponse(f"/customers/{found.customers[0]}", 303)
        return self._several(request, found.customers, asked=typed, heirs_of=found.heirs_of)

    def show(
        self, request: Request, customer: str, events: Annotated[int, Query(ge=1, le=ROWS_MOST)] = ROWS
    ) -> Response:
        """One customer; an old id that was split shows its heirs."""
        self._allowed(request)
        if customer_number(customer) is None:
            raise HTTPException(404)
        try:
            view = self.site.explorer.customer(customer)
        except UnknownCustomerError as error:
            raise HTTPException(404) from error
        if isinstance(view, Heirs):
            return self._several(request, view.customers, heirs_of=view.asked)
        page = customer_page(self.site.explorer, view, self.site.reader(request), events)
        return self.site.page(request, "customer.html.j2", page=page, rows_most=ROWS_MOST)

    def _several(self, request: Request, ids: tuple[str, ...], *, asked: str = "", heirs_of: str = "") -> Response:
        found = self.site.explorer.browsing.several(list(ids[:PAGE]))
        views = tuple(found[each] for each in ids[:PAGE] if each in found)
        status = 200 if views else 404
        return self._list(request, views, asked=asked, heirs_of=heirs_of, searched=True, status=status)

    def _list(
        self,
        request: Request,
        views: tuple[CustomerView, ...],
        *,
        more: bool = False,
        start: str | None = None,
        asked: str = "",
        heirs_of: str = "",
        searched: bool = False,
        status: int = 200,
    ) -> Response:
        reader = self.site.reader(request)
        rows = [
            (heading(masked, reader.texts, reader.formats.language), masked)
            for masked in map(self.site.mask(request).customer, views)
        ]
        return self.site.page(
            request, "customers.html.j2", status,
            rows=rows, more=more, start=start, asked=asked, heirs_of=heirs_of, searched=searched,
        )  # fmt: skip

    def _allowed(self, request: Request) -> None:
        if not sees_customers(self.site.mask(request).role):
            raise HTTPException(403)


class _Entrance:
    def __init__(self, site: Site) -> None:
        self.site = site

    def enter(self, request: Request, posted: Fields) -> Response:
        """Take the token that a person pasted."""
        cookie = self.site.door.cookie_for(posted.get("token", "").strip())
        if cookie is not None:
            return admit(self.site.door.keys, "/", cookie)
        return self.site.page(request, "enter.html.j2", 401, wrong=True)

    def language(self, language: str, to: str = "/") -> Response:
        """Keep the chosen language, and go back to where the reader was."""
        if language not in LANGUAGES:
            raise HTTPException(404)
        inside = to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
        answer = RedirectResponse(inside, 303)
        answer.set_cookie(COOKIE, language, max_age=31_536_000, httponly=True, samesite="strict", path="/")
        return answer
