"""The words of pictures, in the languages that have a catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "vi")


@cache
def words(language: str) -> Mapping[str, str]:
    """The catalogue of ``language``; English for a language that has none."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    text = files("knotwork_visualise").joinpath("messages", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def counted(texts: Mapping[str, str], key: str, count: int) -> str:
    """The text of ``key`` as it reads for so many things; languages that tell one from many have it as ``KEY_one``.

    >>> counted(words("en"), "seen_events", 1), counted(words("en"), "seen_events", 2)
    ('{count} event', '{count} events')
    """
    return texts.get(f"{key}_one", texts[key]) if count == 1 else texts[key]


def type_word(kind: str, language: str) -> str:
    """What people call an identifier type; one without a word keeps its own name.

    >>> type_word("user_id", "en"), type_word("fax_number", "en")
    ('user id', 'fax number')
    """
    return words(language).get(f"type_{kind}", kind.replace("_", " "))


def channel_word(channel: str, language: str) -> str:
    """What people call a channel; one without a word keeps its own name.

    >>> channel_word("call_centre", "en"), channel_word("", "en")
    ('call centre', 'no channel')
    """
    return words(language).get(f"channel_{channel}", channel.replace("_", " "))
