"""Worked cases of other products as events and policies of ours. What was judged in the mapping, and why:

=============================================  ========================================================================
in the file                                    here
=============================================  ========================================================================
``unique_per_profile``                         ``max_per_customer = 1`` for each of these types
``limits``                                     ``max_per_customer`` as it says
``namespace_priority``                         ``priority`` 1, 2, ... in that order; other types have none
``on_conflict = keep_newest_link``             ``conflict = "newest"``
``on_conflict = demote_lowest_priority_...``   ``conflict = "oldest"``: who had it first keeps it
``blocked_values_exact``, ``..._regex``        ``blocked`` of every type: a glob without wildcards, or ``re:`` and the
                                               expression (exact values ignore case with us)
``max_cluster_ids``                            ``max_cluster_size``
no such key                                    not limited: connected components
``seq`` without ``ts``                         one minute apart, in the order of the file
``ts`` without a zone                          UTC
several values of a key in ``ids``             all of them on the one event
=============================================  ========================================================================

Every type is taken by the ``exact`` normaliser, e-mail and phone too: the files hash them or make them up
(``555-555-1234`` is no number anywhere), and it is the linking that is compared, not the cleaning. Blocked identifiers
belong to nobody with us; where a case has any, its clusters do not list them. ``unspecified_ids`` are not compared.
``event_profile`` names a user id or, as ``device:D1``, the device; it is compared with who owns each event, and so is
``event_profile_before_seq3``, in a workspace that saw only what came before. ``people_after_seq`` counts customers.
``actions`` (create, add, merge) are other products' words for our changes, and follow from the clusters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from knotwork.workspace import Workspace
from knotwork.workspace.layout import Layout
from knotwork_graph.model import CustomerView
from knotwork_graph.policy import IdentifierRule, Policy, Settings

START = datetime(2026, 1, 1, tzinfo=UTC)
ORDERS = {"keep_newest_link": "newest", "demote_lowest_priority_identifier_of_incoming_event_and_retry": "oldest"}
KNOWN = {
    "unique_per_profile",
    "limits",
    "namespace_priority",
    "on_conflict",
    "blocked_values_exact",
    "blocked_values_regex",
    "max_cluster_ids",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case: what its product was told to do, what it saw, and what it must find."""

    id: str
    config: Mapping[str, Any]
    events: list[dict[str, Any]]
    expected: Mapping[str, Any]


def cases_in(folder: Path) -> Iterator[Case]:
    """All cases of the file, in order."""
    for one in json.loads((folder / "cases" / "worked_cases.json").read_text(encoding="utf-8"))["cases"]:
        yield Case(one["id"], one["config"], one.get("events", []), one["expected"])


def keys_of(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The (type, value) pairs of an event."""
    held = [(kind, values if isinstance(values, list) else [values]) for kind, values in event["ids"].items()]
    return [(kind, value) for kind, values in held for value in values]


def policy_of(case: Case) -> Policy:
    """The policy that a case's config means. Raises ``ValueError`` for a setting that nobody has judged yet."""
    if unknown := set(case.config) - KNOWN:
        raise ValueError(f"{case.id}: no judgement on {', '.join(sorted(unknown))}")
    config, types = case.config, {kind for event in case.events for kind, _ in keys_of(event)}
    limits = dict.fromkeys(config.get("unique_per_profile", ()), 1) | dict(config.get("limits", {}))
    priority = {kind: place for place, kind in enumerate(config.get("namespace_priority", ()), 1)}
    expressions = [f"re:{one}" for one in config.get("blocked_values_regex", ())]
    blocked = (*config.get("blocked_values_exact", ()), *expressions)
    rules = {
        kind: IdentifierRule(
            kind, priority=priority.get(kind, 99), max_per_customer=limits.get(kind), blocked=tuple(blocked)
        )
        for kind in types | set(limits) | set(priority)
    }
    conflict = ORDERS[config["on_conflict"]] if "on_conflict" in config else "strongest"
    return Policy(conflict=conflict, max_cluster_size=config.get("max_cluster_ids"), identifiers=rules)


def moment(event: Mapping[str, Any], place: int) -> str:
    """The time of an event, aware."""
    if "ts" not in event:
        return (START + timedelta(minutes=place)).isoformat()
    text = event["ts"]
    if "T" in text:
        return datetime.fromisoformat(text).isoformat()
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).isoformat()


class Played:
    """A case that a real workspace has loaded and resolved, all of it or its first events."""

    def __init__(self, case: Case, folder: Path, *, events: int | None = None) -> None:
        folder.mkdir(parents=True)
        self.case, self.workspace = case, Workspace(Layout(folder), Settings(policy=policy_of(case)))
        path = folder / "events.jsonl"
        path.write_text("\n".join(self._lines(events)), encoding="utf-8")
        self.report = self.workspace.load(path)
        self.workspace.resolve()

    def _lines(self, events: int | None) -> Iterator[str]:
        for place, event in enumerate(self.case.events[:events]):
            held: dict[str, list[str]] = {}
            for kind, value in keys_of(event):
                held.setdefault(kind, []).append(value)
            yield json.dumps(
                {
                    "source": "case",
                    "message_id": str(event["seq"]),
                    "timestamp": moment(event, place),
                    "identifiers": held,
                }
            )

    def clusters(self) -> set[frozenset[str]]:
        """The customers as sets of keys."""
        held: dict[int, set[str]] = {}
        for row in self.workspace.home.store.member_rows().to_pylist():
            held.setdefault(row["customer"] or -len(held) - 1, set()).add(f"{row['type']}:{row['value']}")
        return {frozenset(keys) for number, keys in held.items() if number > 0}

    def profile(self, seq: str) -> str:
        """Whose an event is, in the words of the file: the customer's user id, or its device."""
        out = self.workspace.layout.folder / "events.out"
        self.workspace.export("events", "jsonl", out)
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        owner = next(row["customer_id"] for row in rows if row["message_id"] == seq)
        customer = self.workspace.customer(owner)
        assert isinstance(customer, CustomerView)
        held = {one.type: one.value for one in customer.identifiers}
        return held.get("user_id") or f"device:{held['device_id']}"

    def close(self) -> None:
        """Give back files."""
        self.workspace.close()
