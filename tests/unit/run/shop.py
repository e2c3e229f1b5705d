"""A small real workspace: events go through load, the log, the graph and a run, as they do for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from knotwork.workspace import Workspace
from knotwork.workspace.layout import Layout
from knotwork_graph.model import LoadReport
from knotwork_graph.model.times import EPOCH
from knotwork_graph.policy import Policy, Settings
from knotwork_resolvers.run import ResolveReport


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a source tells it: its number, its time in minutes since 1970, and the keys it bears."""

    number: int
    minute: int
    keys: tuple[str, ...]
    vouched: tuple[str, ...] = ()
    traits: Mapping[str, str] = field(default_factory=dict)
    source: str = "web"
    event: str = "Seen"

    def line(self) -> str:
        """The event as a line of JSON."""
        held: dict[str, list[str]] = {}
        for key in self.keys:
            kind, _, value = key.partition(":")
            held.setdefault(kind, []).append(value)
        return json.dumps(
            {
                "source": self.source,
                "message_id": f"m-{self.number}",
                "timestamp": at(self.minute).isoformat(),
                "event": self.event,
                "identifiers": held,
                "vouched": list(self.vouched),
                "traits": dict(self.traits),
            }
        )


def at(minute: int) -> datetime:
    """The moment so many minutes after 1970 began."""
    return EPOCH + timedelta(minutes=minute)


class Shop:
    """A workspace with a policy of its own."""

    def __init__(self, folder: Path, policy: Policy | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.loads = folder, 0
        self.workspace = Workspace(Layout(folder), Settings(policy=policy or Policy()))

    def under(self, policy: Policy) -> Shop:
        """The same folder under another policy."""
        self.workspace.close()
        return Shop(self.folder, policy)

    def load(self, events: Iterable[Told]) -> LoadReport:
        """Load events from a file."""
        self.loads += 1
        path = self.folder / f"events-{self.loads}.jsonl"
        path.write_text("".join(f"{one.line()}\n" for one in events), encoding="utf-8")
        return self.workspace.load(path)

    def resolve(self, minute: int | None = None, **said: Any) -> ResolveReport:
        """Resolve, now or as of a minute."""
        return self.workspace.resolve(as_of=None if minute is None else at(minute), **said)

    def owners(self) -> dict[str, int]:
        """The customer number of each identifier in the current run; 0 for nobody."""
        rows = self.workspace.home.store.member_rows().to_pylist()
        return {f"{row['type']}:{row['value']}": row["customer"] for row in rows}

    def statuses(self) -> dict[str, tuple[str, str]]:
        """The status and reason of each identifier."""
        rows = self.workspace.home.store.member_rows().to_pylist()
        return {f"{row['type']}:{row['value']}": (row["status"], row["reason"]) for row in rows}

    def parts(self) -> set[frozenset[str]]:
        """The customers as sets of keys."""
        held: dict[int, set[str]] = {}
        for key, owner in self.owners().items():
            if owner:
                held.setdefault(owner, set()).add(key)
        return {frozenset(keys) for keys in held.values()}

    def severed(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Rule and detail of each edge that was cut."""
        rows = self.workspace.home.store.severed_rows().to_pylist()
        return {(min(r["a"], r["b"]), max(r["a"], r["b"])): (r["rule"], r["detail"]) for r in rows}

    def events(self) -> dict[int, tuple[str, str]]:
        """A key of the customer of each event (by number; the strongest key, empty for nobody) and the reason."""
        out = self.folder / "events.out"
        self.workspace.export("events", "jsonl", out)
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        return {int(row["message_id"].removeprefix("m-")): (row["customer_id"] or "", row["reason"]) for row in rows}

    def ids(self) -> dict[str, str]:
        """The customer id of each identifier."""
        from knotwork_graph.model import customer_id

        return {key: customer_id(number) for key, number in self.owners().items() if number}

    def close(self) -> None:
        """Give back files."""
        self.workspace.close()
