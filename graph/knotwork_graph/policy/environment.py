"""Settings that environment variables override: ``KNOTWORK_<SECTION>_<NAME>``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping

from knotwork_graph.policy.declared import NAMED, SECTIONS, settings_of
from knotwork_graph.policy.given import Given, variable
from knotwork_graph.policy.kinds import FLAG, Kind
from knotwork_graph.policy.nearest import nearest, suggestion
from knotwork_graph.policy.problems import Problem

PREFIX = "KNOTWORK_"
RESERVED = (
    "KNOTWORK_WORKSPACE",
    "KNOTWORK_GRAPH_USER",
    "KNOTWORK_GRAPH_PASSWORD",
    "KNOTWORK_GRAPH_PASSWORD_FILE",
    "KNOTWORK_DEBUG",
)
SECRET = re.compile(r"KNOTWORK_WEBHOOKS_.+_SECRET(_FILE)?")
"""Secrets of webhooks, and the files that hold them: read where they are needed, and no settings."""


def overrides(environ: Mapping[str, str], names: Mapping[str, Collection[str]]) -> Iterator[Given | Problem]:
    """The settings that variables give, by name of variable; an empty variable says nothing.

    ``names`` are the types, traits and so on of the file by section, so that a variable finds ``till no.`` again.
    """
    for name in sorted(environ):
        section = section_of(name)
        if section and environ[name] and name not in RESERVED and not SECRET.fullmatch(name):
            yield override(name, environ[name], section, names.get(section, ()))


def section_of(name: str) -> str | None:
    """The section whose variable ``name`` is, or None."""
    return next((section for section in SECTIONS if name.startswith(variable(section) + "_")), None)


def override(name: str, text: str, section: str, types: Collection[str]) -> Given | Problem:
    """What one variable sets, or what is wrong with it."""
    declared = settings_of(section)
    rest = name.removeprefix(variable(section) + "_")
    key = next((key for key in sorted(declared, key=len, reverse=True) if fits(rest, section, key)), None)
    if key is None:
        return Problem(name, f"[{section}] has no such setting; {suggestion(rest.lower(), tuple(declared))}")
    kind = type_of(rest.removesuffix("_" + key.upper()), types) if section in NAMED else ""
    try:
        return Given(declared[key], kind, from_text(declared[key].kind, text), name)
    except tomllib.TOMLDecodeError:
        return Problem(name, f"this cannot be read; write it as {declared[key].kind.example}")


def fits(rest: str, section: str, key: str) -> bool:
    """Whether what follows the section's name is this key, after a type where there are types."""
    if section not in NAMED:
        return rest == key.upper()
    return rest.endswith("_" + key.upper()) and len(rest) > len(key) + 1


def type_of(written: str, types: Collection[str]) -> str:
    """The type that a variable means: one of the file's, else the variable's own in small letters."""
    return next((kind for kind in types if variable(kind) == PREFIX + written), written.lower())


def from_text(kind: Kind, text: str) -> object:
    """The TOML value that the text of a variable stands for. Raises ``tomllib.TOMLDecodeError``."""
    if kind.is_text:
        return text
    return tomllib.loads("value = " + (text.strip().lower() if kind is FLAG else text.strip()))["value"]


def unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that is no setting but looks like a misspelt one."""
    known = {variable(section, key): section for section in SECTIONS for key in settings_of(section)}
    for name in sorted(environ):
        if name.startswith(PREFIX) and not section_of(name) and name not in RESERVED:
            meant = nearest(name, tuple(known), likeness=0.85)
            if meant:
                yield f"{name} is no setting and was not read; did you mean {meant}?"
