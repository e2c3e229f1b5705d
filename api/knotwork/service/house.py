"""What a workspace is set to, and how good its data are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knotwork_graph.policy import SETTINGS

if TYPE_CHECKING:
    from knotwork_graph.policy import Settings
    from knotwork_resolvers.home import Home

BY_STATUS = """
SELECT type, status, count(*), count(*) FILTER (WHERE customer > 0) FROM members
GROUP BY type, status ORDER BY type, status
"""


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting as people read it: ``given`` where it differs from its default."""

    key: str
    value: str
    meaning: str
    given: bool


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many identifiers of a type have a status, and how many of them a customer."""

    type: str
    status: str
    identifiers: int
    owned: int


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the data are, in counts; ``nobodys`` are identifiers without a customer."""

    events: int
    identifiers: tuple[StatusCount, ...]
    nobodys: int
    severed: int
    dead_letters: int


class HouseService:
    """Answers about the workspace as a whole; safe to call from several threads."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home = home
        self._settings = settings

    def policy(self) -> tuple[SettingView, ...]:
        """Every setting in the order of the documentation; those of identifier types for each type."""
        return tuple(_of(self._settings))

    def quality(self) -> Quality:
        """The counts of the current run; reads all memberships."""
        import duckdb

        home = self._home
        with duckdb.connect() as connection:
            connection.register("members", home.store.member_rows())
            rows = connection.execute(BY_STATUS).fetchall()
        counts = tuple(StatusCount(*row) for row in rows)
        folder = home.facts.dead_letters
        letters = len(list(folder.glob("*.jsonl"))) if folder.exists() else 0
        nobodys = sum(one.identifiers - one.owned for one in counts)
        return Quality(home.facts.event_count(), counts, nobodys, len(home.store.severed_rows()), letters)


def _of(settings: Settings) -> list[SettingView]:
    """The settings that stand once, then those of each identifier type."""
    policy = settings.policy
    homes: dict[str, list[tuple[str, object]]] = {
        "resolution": [("resolution", policy)],
        "matching": [("matching", policy.matching)],
        "identifiers": [("identifiers.default", policy.default)],
    }
    homes["identifiers"] += [(f"identifiers.{name}", rule) for name, rule in policy.identifiers.items()]
    for name in ("graph", "serve", "access", "gates", "nightly", "workspace"):
        homes[name] = [(name, getattr(settings, name))]
    return [
        SettingView(f"{where}.{one.name}", shown(value), one.meaning, value != one.default)
        for one in SETTINGS
        for where, holder in homes.get(one.section, ())
        for value in [getattr(holder, one.name)]
    ]


def shown(value: Any) -> str:
    """A value as people read it."""
    from knotwork_graph.policy.declared import show

    if isinstance(value, tuple):
        return f"[{', '.join(show(one) for one in value)}]"
    if hasattr(value, "items"):
        return f"{{ {', '.join(f'{name} = {show(one)}' for name, one in value.items())} }}" if value else "{}"
    return show(value, absent="not limited")
