"""Whether the process lives, and whether it can answer questions."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from knotwork.access.roles import sees_sums
from knotwork.http.gate import caller_of, refused
from knotwork.http.metrics import Metrics
from knotwork.service.views import Explorer
from knotwork_graph.errors import KnotworkError
from knotwork_resolvers.nightly.metrics import as_text

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def metrics_router(explorer: Explorer, metrics: Metrics) -> APIRouter:
    """``/metrics``: what the process has done and what there is, for whoever may see sums."""
    router = APIRouter(tags=["health"])

    @router.get("/metrics", response_class=PlainTextResponse, summary="Figures for Prometheus")
    def figures(request: Request) -> Response:
        """Counters of requests, the workspace's figures, and those of the newest nightly job."""
        caller = caller_of(request)
        if caller is None or not sees_sums(caller.role):
            return JSONResponse(refused("FORBIDDEN", "this role only sends events"), 403)
        nightly = getattr(explorer, "runs", None)
        more = "" if nightly is None else as_text(nightly.metrics())
        return PlainTextResponse(metrics.text(lambda: workspace_figures(explorer)) + more, media_type=PROMETHEUS)

    return router


def workspace_figures(explorer: Explorer) -> dict[str, float]:
    """The figures of the workspace by name; none where the stores do not answer, which the first one says."""
    try:
        found = explorer.overview()
    except (KnotworkError, OSError):
        return {"up": 0}
    run = found.last_run.number if found.last_run else 0
    return {
        "up": 1, "customers": found.customers, "identifiers": found.identifiers, "events": found.events,
        "sources": found.sources, "published_run": run,
    }  # fmt: skip


def health_router(explorer: Explorer) -> APIRouter:
    """``/healthz`` and ``/readyz``: open to all, and they say nothing about the data."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    def healthz() -> JSONResponse:
        """Say that the process answers."""
        return JSONResponse({"status": "alive"})

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        """Say whether the stores answer and a run is published."""
        try:
            published = explorer.overview().last_run is not None
        except (KnotworkError, OSError):
            return JSONResponse({"status": "not ready", "reason": "the stores do not answer"}, 503)
        if not published:
            return JSONResponse(
                {"status": "not ready", "reason": "nothing is published yet: run `knotwork resolve`"}, 503
            )
        return JSONResponse({"status": "ready"})

    return router
