"""From the policy's file and the environment to checked settings."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy.contradictions import contradictions, doubts
from knotwork_graph.policy.declared import DEFAULT_TYPE, IDENTIFIERS, NAMED, SEGMENTS
from knotwork_graph.policy.environment import overrides, unknown_variables
from knotwork_graph.policy.given import Given, given_in
from knotwork_graph.policy.problems import Problem, dotted, policy_error
from knotwork_graph.policy.profile_rules import ProfileRules, Signal, SourceRule, Stages, TraitRule
from knotwork_graph.policy.review_rules import ReviewSettings
from knotwork_graph.policy.rules import IdentifierRule, Matching, Policy
from knotwork_graph.policy.settings import (
    AccessSettings,
    GateSettings,
    GraphSettings,
    NightlySettings,
    ServeSettings,
    Settings,
    WorkspaceSettings,
)
from knotwork_graph.policy.webhook_rules import WebhookSettings, faults

Values = dict[str, object]
Checked = dict[tuple[str, str], Values]  # by section and identifier type
Made = TypeVar("Made")


def read_policy(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings that the file at ``path`` holds, with the overrides of ``environ``.

    Everything that is wrong is one ``PolicyError``, with a line for each key or variable and what to write instead.
    """
    return settings_in(parsed(read_file(path), str(path)), environ, str(path))


def policy_in(text: str, environ: Mapping[str, str], name: str = "policy") -> Settings:
    """The settings that a text holds, as ``read_policy`` has them; errors call it ``name``."""
    return settings_in(parsed(text, name), environ, name)


def settings_in(tree: Mapping[str, object], environ: Mapping[str, str], name: str) -> Settings:
    """The settings that a document holds, with the overrides of ``environ``."""
    names = {section: declared_names(tree, section) for section in NAMED}
    found = [*given_in(tree), *overrides(environ, names)]
    given = {one.key: one for one in found if isinstance(one, Given)}
    problems = [one for one in found if isinstance(one, Problem)]
    settings = assembled(checked(given.values(), problems), names)
    origins = {dotted(*key): one.origin for key, one in given.items()}
    broken = {one.key.rpartition(".")[0] for one in problems}  # what such a section means is not known yet
    collisions = [one for one in contradictions(settings.policy) if one.key.rpartition(".")[0] not in broken]
    problems += [Problem(origins.get(one.key, one.key), one.remedy) for one in collisions]
    problems += [one for one in faults(settings.webhooks) if not {one.key, one.key.rpartition(".")[0]} & broken]
    if problems:
        raise policy_error(name, problems)
    warnings = (*doubts(settings.policy), *unknown_variables(environ))
    return replace(settings, segments=segment_tables(tree), warnings=warnings)


def segment_tables(tree: Mapping[str, object]) -> Mapping[str, object]:
    """The tables of ``[segments.NAME]`` by name, as they stand."""
    found = tree.get(SEGMENTS)
    return MappingProxyType(found if isinstance(found, dict) else {})


def parsed(text: str, name: str) -> Mapping[str, object]:
    """The TOML document that ``text`` is. Raises ``PolicyError`` with line and column."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(syntax(str(error), text), file=name) from error
    except RecursionError as error:
        raise PolicyError("lists or tables are nested too deeply; write them flat", file=name) from error


def read_file(path: Path) -> str:
    """The text of the file. Raises ``PolicyError`` when there is none, or none in UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise PolicyError(unreadable(error), file=str(path)) from error


def unreadable(error: UnicodeDecodeError | OSError) -> str:
    """Why a file could not be read, and what to do."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8; save the file as UTF-8"
    if isinstance(error, FileNotFoundError):
        return "there is no such file; `knotwork init DIR` writes one"
    return f"the file cannot be read ({error.strerror}); check its rights"


def syntax(message: str, text: str) -> str:
    """What the TOML reader said of ``text``, with line and column first."""
    what, _, place = message.removesuffix(")").partition(" (at ")
    if not place.startswith("line"):
        lines = text.split("\n")
        place = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    return f"{place}: this is not TOML ({what}); mend the line, and keep texts in double quotes"


def declared_names(tree: Mapping[str, object], section: str) -> dict[str, None]:
    """The types, or traits and so on, that have a section, even an empty one."""
    found = tree.get(section)
    return {name: None for name, rules in found.items() if isinstance(rules, dict)} if isinstance(found, dict) else {}


def checked(given: Iterable[Given], problems: list[Problem]) -> Checked:
    """The values by section and type; what cannot be read goes to ``problems``, and its section is left out."""
    values: Checked = {}
    wrong: set[tuple[str, str]] = set()
    for one in given:
        home = (one.setting.section, one.type)
        try:
            values.setdefault(home, {})[one.setting.name] = one.setting.kind.read(one.value)
        except ValueError as error:
            problems.append(Problem(one.origin, str(error)))
            wrong.add(home)
    return {home: content for home, content in values.items() if home not in wrong}


def assembled(values: Checked, names: Mapping[str, Iterable[str]]) -> Settings:
    """The settings as values of their classes; what nobody set has its default."""

    def of(section: str) -> Values:
        return values.get((section, ""), {})

    rules = named_rules(values, names, IDENTIFIERS, "type", IdentifierRule)
    policy = build(
        Policy,
        of("resolution"),
        default=rules.pop(DEFAULT_TYPE, IdentifierRule(DEFAULT_TYPE)),
        identifiers=MappingProxyType(rules),
        matching=build(Matching, of("matching")),
        profiles=profile_rules(values, names),
    )
    return Settings(
        policy,
        build(GraphSettings, of("graph")),
        build(ServeSettings, of("serve")),
        build(GateSettings, of("gates")),
        build(NightlySettings, of("nightly")),
        build(WorkspaceSettings, of("workspace")),
        build(AccessSettings, of("access")),
        review=build(ReviewSettings, of("review")),
        webhooks=MappingProxyType(named_rules(values, names, "webhooks", "name", WebhookSettings)),
    )


def named_rules(
    values: Checked, names: Mapping[str, Iterable[str]], section: str, called: str, make: Callable[..., Made]
) -> dict[str, Made]:
    """The rules of a section that stands once for each name, by name; the name is the field ``called`` of each."""
    every = dict.fromkeys((*names[section], *(name for home, name in values if home == section)))
    return {name: build(make, values.get((section, name), {}), **{called: name}) for name in every}


def profile_rules(values: Checked, names: Mapping[str, Iterable[str]]) -> ProfileRules:
    """What the sections about profiles say."""
    return build(
        ProfileRules,
        {**values.get(("profile", ""), {}), **values.get(("consent", ""), {})},
        traits=MappingProxyType(named_rules(values, names, "traits", "trait", TraitRule)),
        sources=MappingProxyType(named_rules(values, names, "sources", "source", SourceRule)),
        signals=MappingProxyType(named_rules(values, names, "signals", "name", Signal)),
        lifecycle=build(Stages, values.get(("lifecycle", ""), {})),
    )


def build(make: Callable[..., Made], values: Values, **more: object) -> Made:
    """A value of a settings class from what was set."""
    return make(**values, **more)
