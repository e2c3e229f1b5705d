"""What a file says, setting by setting, before anything is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knotwork_graph.policy.declared import (
    IDENTIFIERS,
    NAMED,
    SECTIONS,
    SEGMENTS,
    SETTINGS,
    Setting,
    settings_of,
    shown_section,
)
from knotwork_graph.policy.nearest import nearest, suggestion
from knotwork_graph.policy.problems import Problem, dotted

CALLED = {
    IDENTIFIERS: "an identifier type",
    "traits": "a trait",
    "sources": "a source",
    "signals": "a signal",
    "webhooks": "a webhook",
}
SECRETS = ("password", "secret", "token", "user", "username")


@dataclass(frozen=True, slots=True)
class Given:
    """One value that somebody set; ``type`` is a type, a trait ... or empty; ``origin`` is a key or a variable."""

    setting: Setting
    type: str
    value: object
    origin: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells one setting from all others."""
        return self.setting.section, self.type, self.setting.name


def given_in(tree: Mapping[str, object]) -> Iterator[Given | Problem]:
    """Every setting of a TOML document in its order, and a problem for every key that is none."""
    for name, content in tree.items():
        if name == SEGMENTS and isinstance(content, dict):
            continue
        if name not in (*SECTIONS, SEGMENTS):
            yield Problem(dotted(name), unknown_section(name))
        elif not isinstance(content, dict):
            yield Problem(name, f"this is a section; write [{name}] on a line of its own and its settings below")
        elif name in NAMED:
            yield from given_types(name, content)
        else:
            yield from given_section(name, "", content)


def given_types(section: str, content: Mapping[str, object]) -> Iterator[Given | Problem]:
    """The settings of every ``[identifiers.TYPE]``, or of another section that stands once for each name."""
    for kind, rules in content.items():
        key = dotted(section, kind)
        if not isinstance(rules, dict):
            yield Problem(key, f"{CALLED[section]} is a section; write [{key}] and its settings below")
        elif section == IDENTIFIERS and (not kind.strip() or ":" in kind):
            yield Problem(
                key, "a type's name is not blank and has no colon, which ends the type in type:value; rename it"
            )
        elif not kind.strip():
            yield Problem(key, "a name is not blank; rename it")
        else:
            yield from given_section(section, kind, rules)


def given_section(name: str, kind: str, content: Mapping[str, object]) -> Iterator[Given | Problem]:
    """The settings of one section."""
    declared = settings_of(name)
    for key, value in content.items():
        where = dotted(name, kind, key)
        if key in declared:
            yield Given(declared[key], kind, value, where)
        else:
            yield Problem(where, unknown_key(name, dotted(name, kind), key))


def unknown_section(name: str) -> str:
    """What to do about a top-level name that is no section."""
    home = next((setting.section for setting in SETTINGS if setting.name == name), None)
    if home is None:
        return f"there is no such section; {suggestion(name, (*SECTIONS, SEGMENTS))}"
    return f"this setting stands outside its section; put it under [{shown_section(home)}]"


def unknown_key(name: str, shown: str, key: str) -> str:
    """What to do about a key that the section ``name``, written as ``shown``, does not have."""
    declared = settings_of(name)
    if key.lower() in SECRETS:
        return f"secrets never stand in the file; remove it and set {variable(name, key)} in the environment"
    home = next((setting.section for setting in SETTINGS if setting.name == key), None)
    if home and not nearest(key, declared):
        return f"[{shown}] has no such setting; it belongs to [{shown_section(home)}]"
    return f"[{shown}] has no such setting; {suggestion(key, tuple(declared))}"


def variable(*names: str) -> str:
    """The environment variable of a setting.

    >>> variable("identifiers", "till no.", "ttl")
    'KNOTWORK_IDENTIFIERS_TILL_NO__TTL'
    """
    words = "_".join(name for name in names if name)
    return "KNOTWORK_" + "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in words).upper()
