"""Whether the process lives, and whether it can answer questions."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from knotwork.service.views import Explorer
from knotwork_graph.errors import KnotworkError


def health_router(explorer: Explorer) -> APIRouter:
    """``/healthz`` and ``/readyz``: open to all, and they say nothing about the data."""
    router = APIRouter()

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
