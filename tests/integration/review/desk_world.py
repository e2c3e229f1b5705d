"""A small workspace whose readers' view can be told in full, with a clock that can be moved on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import knotwork
from knotwork_graph.model import customer_id
from knotwork_resolvers.segments.few import words_of_few

POLICY = """
[resolution]
max_cluster_size = 6
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
priority = 2
max_per_customer = 2
shared_above = { user_id = 2 }
[identifiers.cookie]
priority = 5
ttl = "30d"
[segments.buyers]
all = [{ event = "Paid" }]
[segments.known]
all = [{ identifier = "user_id" }]
"""
ALONE = """
[review]
customers = false
events = false
consent = false
"""
CAREFUL = """
[review]
customers = 1
bulk = 2
"""
"""Under this every decision that changes two customers waits for a second person."""

KEYS = [f"{kind}:{n}" for kind in ("user_id", "email", "cookie") for n in "abc"]
NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(days=400)


@dataclass
class Clock:
    """Days that have passed; ``moved`` puts it in the place of the clocks of runs and previews, unless ``real``."""

    days: int = 0
    real: bool = False

    @property
    def now(self) -> datetime:
        """The moment that it shows."""
        return datetime.now(UTC) if self.real else NOON + timedelta(days=self.days)

    @contextmanager
    def moved(self) -> Iterator[None]:
        """Runs and previews ask this clock."""
        clock = self
        if self.real:
            yield
            return

        class Shown(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain moment will do
                return clock.now.astimezone(tz)

        with pytest.MonkeyPatch.context() as patch:
            for module in ("run.resolve_run", "review.effects.preview"):
                patch.setattr(import_module(f"knotwork_resolvers.{module}"), "datetime", Shown)
            yield


@dataclass
class Seen:
    """What readers see: whose each identifier and each event is, which links are cut, where old ids lead."""

    owner: dict[str, str]
    events: dict[str, str]
    cut: set[tuple[str, str]]
    heirs: dict[str, tuple[str, ...]]
    allowed: dict[tuple[str, str], bool]
    inside: set[tuple[str, str]]


@dataclass
class World:
    """A workspace at ``folder``, with single events collected into it."""

    folder: Path
    url: str = "sqlite"
    clock: Clock = field(default_factory=Clock)
    review: str = ALONE
    count: int = 0
    revenue: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        knotwork.init(self.folder)
        graph = f'[graph]\nurl = "{self.url}"\n'
        (self.folder / "knotwork.toml").write_text(POLICY + self.review + graph, encoding="utf-8")
        self.kw = knotwork.open(self.folder)

    def see(self, keys: list[str], revenue: int = 0, consent: bool | None = None) -> None:
        """One event, now."""
        self.count += 1
        identifiers: dict[str, list[str]] = {}
        for key in keys:
            kind, _, value = key.partition(":")
            identifiers.setdefault(kind, []).append(value)
        event = {
            "source": "web",
            "message_id": f"m-{self.count}",
            "timestamp": self.clock.now.isoformat(),
            "identifiers": identifiers,
        }
        if revenue:
            event["event"] = "Paid"
            event["properties"] = {"revenue": revenue, "currency": "VND"}
            self.revenue[f"m-{self.count}"] = str(revenue)
        if consent is not None:
            event["consent"] = {"marketing": consent}
        with self.clock.moved():
            self.kw.collect([event])

    def resolve(self, *, full: bool = False) -> None:
        """Resolve now."""
        with self.clock.moved():
            self.kw.resolve(full=full)

    def seen(self) -> Seen:
        """What readers see now."""
        store = self.kw.home.store
        numbers = range(1, store.state().next_number)
        heirs = {number: store.heirs(number) for number in numbers}
        return Seen(
            {f"{row['type']}:{row['value']}": row["customer_id"] or "" for row in self._rows("members")},
            {row["message_id"]: row["customer_id"] or "" for row in self._rows("events")},
            {(min(row["a"], row["b"]), max(row["a"], row["b"])) for row in self._rows("severed")},
            {customer_id(one): tuple(map(customer_id, to)) for one, to in heirs.items() if to is not None},
            self._allowed(numbers),
            {(customer_id(one), each.name) for each in self._segments() for one in self._numbers(each.name)},
        )

    def _segments(self) -> tuple[Any, ...]:
        return self.kw.segmenting.definitions().segments

    def _numbers(self, name: str) -> tuple[int, ...]:
        return self.kw.segmenting.numbers(name)

    def _allowed(self, numbers: Iterable[int]) -> dict[tuple[str, str], bool]:
        home = self.kw.home
        living = sorted(one for one in numbers if home.store.members(one))
        rows = words_of_few(home, self.kw.settings.policy, living).to_pylist()
        return {(customer_id(row["customer"]), row["purpose"]): row["allowed"] for row in rows}

    def members(self) -> bytes:
        """``export members``, byte for byte."""
        out = self.folder / "members.csv"
        self.kw.export("members", "csv", out)
        return b"\n".join(sorted(out.read_bytes().splitlines()))

    def _rows(self, what: str) -> list[dict[str, Any]]:
        out = self.folder / f"{what}.jsonl"
        self.kw.export(what, "jsonl", out)
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    def close(self) -> None:
        """Give back files."""
        self.kw.close()


def told(before: Seen, after: Seen, revenue: dict[str, str]) -> dict[str, Any]:
    """What has become of customers between two views, as an effect tells it."""
    was, now = set(before.owner.values()) - {""}, set(after.owner.values()) - {""}
    moved = {key: (before.owner.get(key, ""), owner) for key, owner in after.owner.items()}
    moved = {key: pair for key, pair in moved.items() if pair[0] != pair[1]}
    hands: dict[tuple[str, str], list[str]] = {}
    for key in sorted(moved):
        hands.setdefault(moved[key], []).append(key)
    events = [one for one, owner in after.events.items() if before.events.get(one, "") != owner]
    paid = [Decimal(revenue[one]) for one in events if one in revenue]
    touched = {one for pair in moved.values() for one in pair}
    return {
        "created": sorted(now - was),
        "kept": sorted(now & was & touched),
        "retired": sorted(was - now),
        "redirected": {one: to for one, to in after.heirs.items() if one in was - now},
        "handed": {pair: tuple(keys) for pair, keys in hands.items()},
        "severed": len(after.cut - before.cut),
        "healed": len(before.cut - after.cut),
        "events": len(events),
        "orders": len(paid),
        "revenue": {"VND": f"{sum(paid).normalize():f}"} if paid else {},
        "entered": sorted(after.inside - before.inside),
        "left": sorted(before.inside - after.inside),
        "stricter": sorted(stricter(before, after, touched)),
    }


def stricter(before: Seen, after: Seen, touched: set[str]) -> Iterator[tuple[str, str]]:
    """Whom is forbidden what somebody they have identifiers of allowed, among those who changed."""
    for (customer, purpose), allowed in after.allowed.items():
        sources = {before.owner.get(key, "") for key, owner in after.owner.items() if owner == customer}
        if customer in touched and not allowed and any(before.allowed.get((one, purpose)) for one in sources):
            yield customer, purpose


def foretold(effect: Any) -> dict[str, Any]:
    """An effect in the same form."""
    return {
        "created": sorted(effect.created),
        "kept": sorted(effect.kept),
        "retired": sorted(effect.retired),
        "redirected": {one.customer: one.heirs for one in effect.redirected},
        "handed": {(one.before, one.after): one.keys for one in effect.handed},
        "severed": effect.severed,
        "healed": effect.healed,
        "events": effect.events,
        "orders": effect.orders,
        "revenue": dict(effect.revenue),
        "entered": sorted(effect.entered),
        "left": sorted(effect.left),
        "stricter": sorted(effect.stricter),
    }
