"""The pages' words, and which language a reader wants."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from markupsafe import Markup
from starlette.requests import Request

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "en"
COOKIE = "knotwork_language"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of a language by key. Raises ``FileNotFoundError`` for one without a catalogue."""
    text = files("knotwork.web").joinpath("messages", f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def with_code(text: str) -> Markup:
    """A text in which what stands between backticks is set as code; everything is escaped.

    >>> str(with_code("run `knotwork serve` & look"))
    'run <code>knotwork serve</code> &amp; look'
    """
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )


def language_of(request: Request) -> str:
    """The language that the reader chose, else the browser's first that we have, else English."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The language of an ``Accept-Language`` header with the highest weight among those we have.

    >>> preferred("fr, vi-VN;q=0.8, en;q=0.5"), preferred("fr"), preferred("en;q=x")
    ('vi', 'en', 'en')
    """
    best, weight = DEFAULT, 0.0
    for part in header.split(","):
        tag, _, quality = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        given = _weight(quality)
        if name in LANGUAGES and given > weight:
            best, weight = name, given
    return best


def _weight(quality: str) -> float:
    _, _, number = quality.partition("=")
    try:
        return float(number) if number.strip() else 1.0
    except ValueError:
        return 0.0
