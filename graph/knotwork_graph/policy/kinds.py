"""The kinds of value that a setting can have: each reads what TOML holds, or says what to write instead."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from knotwork_graph.policy.durations import read_duration
from knotwork_graph.policy.nearest import suggestion
from knotwork_graph.policy.normalisers import NORMALISERS
from knotwork_graph.policy.patterns import check_pattern
from knotwork_graph.policy.rules import HOME_REGION, TRAIT

MOST = 1_000_000_000
GRAPH_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: ``read`` gives the checked value or raises ``ValueError`` with the remedy.

    ``example`` is how TOML has it; ``is_text`` says that an environment variable holds the value without quotes.
    """

    name: str
    example: str
    read: Callable[[object], object]
    is_text: bool = False


def wrong_type(value: object, wanted: str, example: str) -> ValueError:
    """The error for a value of another type than the setting has."""
    names: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
    found = names.get(type(value), "a list" if isinstance(value, list) else "a table or a time")
    return ValueError(f"this is {found}, and must be {wanted}; write it as {example}")


def whole(low: int, example: int, high: int = MOST) -> Kind:
    """Whole numbers from ``low`` to ``high``, both within."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong_type(value, "a whole number", str(example))
        if not low <= value <= high:
            raise ValueError(f"{value} is out of range; write a whole number from {low} to {high}, or leave it out")
        return value

    reach = f"from {low}" if high >= MOST else f"from {low} to {high}"
    return Kind(f"whole number {reach}", str(example), read)


def share(*, zero: bool) -> Kind:
    """Numbers up to 1, from 0 or from just above it."""
    wanted = "a number from 0 to 1" if zero else "a number above 0 and up to 1"

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise wrong_type(value, wanted, "0.9")
        if math.isnan(value) or not 0 <= value <= 1 or (value == 0 and not zero):
            raise ValueError(f"{value} is out of range; write {wanted}")
        return float(value)

    return Kind(wanted, "0.9", read)


def one_of(*choices: str) -> Kind:
    """One of some words."""

    def read(value: object) -> str:
        text = as_text(value, f'"{choices[0]}"')
        if text not in choices:
            raise ValueError(f'there is no "{text}" here; {suggestion(text, choices)}')
        return text

    return Kind(" | ".join(f'"{choice}"' for choice in choices), f'"{choices[0]}"', read, is_text=True)


def as_text(value: object, example: str) -> str:
    """``value`` when it is a text."""
    if not isinstance(value, str):
        raise wrong_type(value, "a text in quotes", example)
    return value


def read_text(value: object) -> str:
    """Any text."""
    return as_text(value, '"words"')


def read_flag(value: object) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise wrong_type(value, "true or false", "true")
    return value


def read_span(value: object) -> timedelta:
    """A duration."""
    return read_duration(as_text(value, '"180d"'))


def read_patterns(value: object) -> tuple[str, ...]:
    """A list of globs and ``re:`` expressions."""
    if not isinstance(value, list):
        raise wrong_type(value, "a list of patterns", '["info@*", "re:^shop[0-9]+@"]')
    return tuple(check_pattern(as_text(one, '"info@*"')) for one in value)


def read_guards(value: object) -> Mapping[str, int]:
    """A table of types, or ``trait:NAME``, and numbers."""
    if not isinstance(value, dict):
        raise wrong_type(value, "a table of types and numbers", "{ user_id = 3 }")
    number = whole(1, 3)
    return MappingProxyType({check_guard(name): read_guard(name, number, limit) for name, limit in value.items()})


def check_guard(name: str) -> str:
    """``name`` when it can be a type or a trait."""
    if name == TRAIT or not name.strip():
        raise ValueError(f'"{name}" names no type and no trait; write a type such as user_id, or "trait:family_name"')
    return name


def read_guard(name: str, number: Kind, limit: object) -> int:
    """The number above which a value is shared."""
    try:
        return int(str(number.read(limit)))
    except ValueError as error:
        raise ValueError(f'"{name}": {error}') from error


def read_url(value: object) -> str:
    """``sqlite``, or the address of a Neo4j server without user and password."""
    text = as_text(value, '"neo4j://host:7687"')
    if text == "sqlite":
        return text
    try:
        parts = urlsplit(text)
        good = parts.scheme in GRAPH_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if good and parts.username is None and parts.password is None:
        return text
    remedy = 'write "sqlite", or an address such as "neo4j://host:7687"'
    if good:
        remedy = "set KNOTWORK_GRAPH_USER and KNOTWORK_GRAPH_PASSWORD in the environment instead"
        raise ValueError(f"user and password do not belong in the address; {remedy}")
    raise ValueError(f"this is no place for a graph; {remedy}")


def read_region(value: object) -> str:
    """A country as two capital letters."""
    text = as_text(value, '"VN"')
    if text != HOME_REGION and text not in regions():
        raise ValueError(f'"{text}" is no country with telephones; write two capital letters such as "VN"')
    return text


def regions() -> Set[str]:
    """All countries with telephones; loading them takes longer than reading a whole policy."""
    from phonenumbers import SUPPORTED_REGIONS

    return SUPPORTED_REGIONS


def read_host(value: object) -> str:
    """A host name or address to listen on."""
    text = as_text(value, '"127.0.0.1"')
    if not re.fullmatch(r"[A-Za-z0-9._:-]+", text):
        raise ValueError(f'"{text}" is no host; write a name or an address such as "127.0.0.1"')
    return text


def read_hosts(value: object) -> tuple[str, ...]:
    """A list of host names."""
    if not isinstance(value, list):
        raise wrong_type(value, "a list of hosts", '["knotwork.example.com"]')
    return tuple(read_host(one) for one in value)


def read_issuer(value: object) -> str:
    """The address of an issuer, over HTTPS, or HTTP on this very machine; nothing for none."""
    text = as_text(value, '"https://login.example.com"')
    parts = urlsplit(text)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if text and not (parts.hostname and (parts.scheme == "https" or local)):
        raise ValueError(f'"{text}" is no issuer; write its address such as "https://login.example.com"')
    return text


def or_off(kind: Kind, example: str) -> Kind:
    """The same kind, or ``false`` for None: switched off."""

    def read(value: object) -> object:
        return None if value is False else kind.read(value)

    return Kind(f"{kind.name}, or false", example, read)


def growth() -> Kind:
    """Numbers from 0 up: 0.5 for half as much again."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise wrong_type(value, "a number from 0", "0.5")
        if math.isnan(value) or not 0 <= value <= MOST:
            raise ValueError(f"{value} is out of range; write a number from 0, such as 0.5 for half as much again")
        return float(value)

    return Kind("a number from 0", "0.5", read)


def read_time_of_day(value: object) -> str:
    """Hour and minute, or nothing."""
    text = as_text(value, '"02:30"')
    if text and not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError(f'"{text}" is no time of day; write hour and minute such as "02:30", or "" for never')
    return text


def read_timezone(value: object) -> str:
    """The name of a time zone that this machine knows."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    text = as_text(value, '"Asia/Ho_Chi_Minh"')
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f'"{text}" is no time zone here; write a name such as "Asia/Ho_Chi_Minh" or "UTC"') from error
    return text


TEXT = Kind("text", '"words"', read_text, is_text=True)
FLAG = Kind("true or false", "true", read_flag)
DURATION = Kind("duration", '"180d"', read_span, is_text=True)
PATTERNS = Kind("list of patterns", '["info@*"]', read_patterns)
GUARDS = Kind("table of types and numbers", "{ user_id = 3 }", read_guards)
URL = Kind("address", '"sqlite"', read_url, is_text=True)
HOST = Kind("host", '"127.0.0.1"', read_host, is_text=True)
HOSTS = Kind("list of hosts", '["knotwork.example.com"]', read_hosts)
ISSUER = Kind("address", '"https://login.example.com"', read_issuer, is_text=True)
REGION = Kind("country", '"VN"', read_region, is_text=True)
TIME_OF_DAY = Kind("time of day", '"02:30"', read_time_of_day, is_text=True)
TIMEZONE = Kind("time zone", '"UTC"', read_timezone, is_text=True)
SHARE_OR_OFF = or_off(share(zero=True), "0.02")
GROWTH_OR_OFF = or_off(growth(), "0.5")
COUNT_OR_OFF = or_off(whole(0, 1000), "1000")
NORMALISER = one_of(*NORMALISERS)
