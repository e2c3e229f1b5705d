"""Saying in words why a row was refused, without its personal values."""

from __future__ import annotations

import json
import re

from knotwork_resolvers.loading.check_sql import DEEPEST, NOT_A_TIME, NOT_JSON

MOST_KEYS = 10_000
SPEAKABLE = re.compile(r"[0-9TZ:.,+/ -]{1,40}")
BRACKETS = re.compile(r"[\[\]{}]")
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
TOO_DEEP = f"line is nested deeper than {DEEPEST} levels"
TOO_MANY_KEYS = f"line holds more than {MOST_KEYS} keys"
NUL = "line holds a NUL character"


def explained(reason: str, text: str, stamp: str | None) -> str:
    """``reason`` with what helps to find the fault in ``text``."""
    if reason == NOT_JSON:
        return NUL if "\x00" in text else f"{NOT_JSON}: {_syntax_error(text)}"
    if reason == NOT_A_TIME and stamp is not None and SPEAKABLE.fullmatch(stamp):
        return f"`timestamp` {stamp} is not a time (write it like 2026-03-01T09:30:00+07:00)"
    return reason


def _syntax_error(text: str) -> str:
    """Python's word on where the JSON breaks; it names characters and places, never values."""
    try:
        json.loads(text.rstrip())
    except json.JSONDecodeError as error:
        return f"{error.msg} at character {error.pos + 1}"
    except RecursionError:
        return "it is nested too deep"
    return "an escape that stands for no character"


def odd_line(text: str) -> str | None:
    """Why a line that DuckDB took is refused all the same; None where nothing is wrong with it."""
    bare = STRINGS.sub("", text)
    if _depth(bare) > DEEPEST:
        return TOO_DEEP
    if bare.count(":") > MOST_KEYS:
        return TOO_MANY_KEYS
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return f"{NOT_JSON}: {error.msg} at character {error.pos + 1}"
    except ValueError as error:
        return str(error)
    return NUL if _holds_nul(text) else None


def _depth(bare: str) -> int:
    """How deep the brackets of JSON without its strings nest."""
    deepest = depth = 0
    for mark in BRACKETS.findall(bare):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_constant(name: str) -> object:
    raise ValueError(f"{NOT_JSON}: {name} is no number of JSON")


def _holds_nul(text: str) -> bool:
    """Whether an escape in ``text`` stands for NUL; a backslash that is itself escaped starts none."""
    return re.search(r"(?<!\\)(?:\\\\)*\\u0000", text) is not None
