"""The few files that pages load, all from our own origin, under names that change when their content does."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, PlainTextResponse, Response

from knotwork_visualise.vendor import vis_network

FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def shelf() -> dict[str, Path]:
    """The files by name; nothing else is ever served."""
    pictures = Path(str(files("knotwork_visualise").joinpath("static")))
    own = Path(str(files("knotwork.web").joinpath("static")))
    return {
        "picture.css": pictures / "picture.css",
        "picture.js": pictures / "picture.js",
        "explorer.css": own / "explorer.css",
        "explorer.js": own / "explorer.js",
        "mark.svg": own / "mark.svg",
        "vis-network.min.js": vis_network(),
    }


@cache
def address(name: str) -> str:
    """The address of a file, with a hash of its content. Raises ``KeyError`` for a name that is not on the shelf."""
    return f"/static/{name}?v={sha256(shelf()[name].read_bytes()).hexdigest()[:12]}"


def static_router() -> APIRouter:
    """Serves the shelf; browsers keep what they got, since a changed file has another address."""
    router = APIRouter()

    @router.get("/static/{name}")
    def static(name: str) -> Response:
        """One file."""
        path = shelf().get(name)
        if path is None:
            return PlainTextResponse("no such file\n", 404)
        return FileResponse(path, media_type=TYPES[path.suffix], headers={"cache-control": FOR_EVER})

    return router
