"""Letting a browser in."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from knotwork.access.keys import Keys


def admit(keys: Keys, to: str, cookie: str) -> Response:
    """A redirect that brings the cookie: scripts cannot read it, other sites cannot send it."""
    answer = RedirectResponse(to, 303)
    answer.set_cookie(keys.cookie_name, cookie, httponly=True, samesite="strict", path="/")
    return answer
