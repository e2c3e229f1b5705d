"""Made histories with everything that profiles look at, and both ways of asking what is known of their customers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import duckdb
from hypothesis import strategies as st

from knotwork.workspace import Workspace
from knotwork_graph.model import IdentifierView
from knotwork_graph.model.times import EPOCH
from knotwork_graph.policy import (
    IdentifierRule,
    Policy,
    ProfileRules,
    Signal,
    SourceRule,
    Stages,
    TraitRule,
)
from knotwork_resolvers.profiles.consent import consents
from knotwork_resolvers.profiles.events import events_of
from knotwork_resolvers.profiles.everybody import make_parts
from knotwork_resolvers.profiles.figures_sql import counts_in, lifecycles, sums_in
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.profiles.observed import observed_in
from knotwork_resolvers.profiles.reading import ProfileReader
from knotwork_resolvers.profiles.signals import signals
from knotwork_resolvers.profiles.surviving import ranked_in

DAY = 24 * 60
RULES = ("latest", "first", "most_frequent", "longest", "source_priority", "verified_first")
VALUES: list[Any] = [
    "Lan", " lan ", "Nguyễn Lan", "Nguye\u0302\u0303n Lan", "", " ", None, 5, "5", 5.0, 1e22, True, ["a", 1.0],
    {"b": 2}, "𝓛",
]  # fmt: skip
AMOUNTS: list[Any] = [1, 0.1, 19.99, -3, "7", " 8 ", "many", "1_0", None, 1e300, 12345678901234567890, True]
WORDS: list[Any] = [True, False, "yes", "no", "Granted", None, "", 1, 0]

keys = st.sampled_from(["user_id:u1", "user_id:u2", "email:a", "email:b", "cookie:x", "cookie:y", "cookie:z"])
told = st.fixed_dictionaries(
    {
        "at": st.integers(-DAY, 400 * DAY),
        "source": st.sampled_from(["web", "crm", "list"]),
        "event": st.sampled_from([None, "Viewed", "Added to Cart", "Order Completed", "100%_x"]),
        "keys": st.sets(keys, min_size=1, max_size=3),
        "traits": st.dictionaries(
            st.sampled_from(["name", "birth_date", "family_name", "odd/name~", ""]), st.sampled_from(VALUES), max_size=3
        ),
        "properties": st.dictionaries(
            st.sampled_from(["revenue", "currency", "category", "odd/name~"]),
            st.sampled_from([*AMOUNTS, "vnd", "VND", "shoes", ["shoes"], {"x": 1}]),
            max_size=3,
        ),
        "consent": st.dictionaries(st.sampled_from(["marketing", "analytics"]), st.sampled_from(WORDS), max_size=2),
        "vouched": st.booleans(),
    }
)
histories = st.lists(told, min_size=1, max_size=14)
policies = st.builds(
    lambda rule, trait, own, rank, never, half_life: Policy(
        identifiers={
            "user_id": IdentifierRule("user_id", priority=1, max_per_customer=1),
            "email": IdentifierRule("email", priority=3, shared_above={"user_id": 1}),
            "cookie": IdentifierRule("cookie", priority=6),
        },
        profiles=ProfileRules(
            survivorship=rule,
            source_priority=("crm", "web"),
            purposes=("profiling",),
            traits={"name": TraitRule("name", trait, ("web",))},
            sources={"list": SourceRule("list", rank, own, never)},
            signals={
                "wants": Signal("wants", {"Viewed": 1.0, "Add*": 2.5, "100%_x": -1.0}, half_life=half_life, above=1.0),
                "shoes": Signal("shoes", {"*": 1.0}, {"category": ("shoes", True), "revenue": {"at_least": 1}}),
                "odd": Signal("odd", {"*": 0.3}, {"odd/name~": "*"}),
                "seven": Signal("seven", {"*": 1.0}, {"revenue": 7}),
            },
            lifecycle=Stages(timedelta(days=20), timedelta(days=30), timedelta(days=90)),
        ),
    ),
    st.sampled_from(RULES),
    st.sampled_from([None, *RULES]),
    st.sampled_from([None, *RULES]),
    st.sampled_from([50, 90, 1]),
    st.sampled_from([(), ("name",)]),
    st.sampled_from([None, timedelta(days=7)]),
)


def lines(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events as a source tells them, numbered."""
    return [line(number, one) for number, one in enumerate(history)]


def line(number: int, one: dict[str, Any]) -> dict[str, Any]:
    """One event."""
    held: dict[str, list[str]] = {}
    for key in sorted(one["keys"]):
        kind, _, value = key.partition(":")
        held.setdefault(kind, []).append(value)
    body = {name: one[name] for name in ("source", "event", "traits", "properties", "consent")}
    at = (EPOCH + timedelta(minutes=one["at"])).isoformat()
    vouched = sorted(held) if one["vouched"] else []
    return body | {"message_id": f"m-{number}", "timestamp": at, "identifiers": held, "vouched": vouched}


def load(workspace: Workspace, events: list[dict[str, Any]], name: str = "made") -> None:
    """Load events from a file."""
    path = workspace.layout.folder / f"{name}.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in events), encoding="utf-8")
    workspace.load(path)


def owners(workspace: Workspace) -> dict[int, tuple[IdentifierView, ...]]:
    """The identifiers of each customer."""
    store = workspace.home.store
    numbers = store.customers(0, 1_000)
    return {number: store.members_of([number])[number] for number in numbers}


def one_by_one(workspace: Workspace, moment: Moment) -> dict[str, Any]:
    """What the profile of each customer says, in the form of ``all_at_once``."""
    reader = ProfileReader(workspace.home, workspace.settings.policy)
    found = {number: reader.profile(number, held, moment) for number, held in owners(workspace).items()}
    return {
        "traits": sorted(
            (
                number,
                trait,
                str(value.value),
                value.source,
                value.at.replace(tzinfo=None),
                value.event_id,
                len(value.beaten),
            )
            for number, profile in found.items()
            for trait, value in profile.traits.items()
        ),
        "order": sorted(
            (number, trait, [str(one.value) for one in (value, *value.beaten)])
            for number, profile in found.items()
            for trait, value in profile.traits.items()
        ),
        "surviving": sorted(
            (number, trait, str(value.value))
            for number, profile in found.items()
            for trait, value in profile.traits.items()
        ),
        "flags": sorted(
            (n, flag.name, flag.about, flag.count, flag.limit) for n, one in found.items() for flag in one.flags
        ),
        "stages": sorted((number, one.events, one.stage) for number, one in found.items() if one.events),
        "counts": sorted((n, name, count) for n, one in found.items() for name, count in one.counts.items()),
        "sums": sorted((n, s.event, s.currency, s.events, s.amount) for n, one in found.items() for s in one.sums),
        "signals": sorted(
            (n, name, s.value, s.lit) for n, one in found.items() for name, s in one.signals.items() if s.value
        ),
        "consent": sorted(
            (n, purpose, c.allowed, len({word.allowed for word in c.words}) > 1)
            for n, one in found.items()
            for purpose, c in one.consent.items()
            if c.words
        ),
    }


def all_at_once(workspace: Workspace, moment: Moment) -> dict[str, Any]:
    """What the tables of everybody say."""
    home, policy = workspace.home, workspace.settings.policy
    with duckdb.connect() as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return [tuple(row.values()) for row in connection.sql(query).to_arrow_table().to_pylist()]

        events = f"(SELECT * FROM {events_of(connection, home, policy)} WHERE true{_until(moment)})"
        ranked = ranked_in(observed_in(events), policy.profiles)
        make_parts(connection, home, policy, moment)
        parts = {
            "surviving": "SELECT customer, trait, value, text FROM surviving_traits",
            "flags": 'SELECT customer, name, about, count, "limit" FROM flags',
            "traits": "SELECT customer, trait, value, source, said_at, event, beaten, text"
            f" FROM {ranked} WHERE rank = 1",
            "order": "SELECT customer, trait, list(value ORDER BY rank), list(text ORDER BY rank)"
            f" FROM {ranked} GROUP BY ALL",
            "stages": f"SELECT customer, events, stage FROM {lifecycles(connection, home, policy, moment)}",
            "counts": f"SELECT customer, event, sum(events)::BIGINT FROM {counts_in(events, moment)}"
            " WHERE event <> '' GROUP BY ALL",
            "sums": f"SELECT customer, event, currency, events, amount FROM {sums_in(events, policy.profiles, moment)}",
            "signals": f"SELECT customer, signal, value, lit FROM {signals(connection, home, policy, moment)}"
            " WHERE value <> 0",
            "consent": f"SELECT customer, purpose, allowed, disputed FROM {consents(connection, home, policy, moment)}",
        }
        found = {name: rows(query) for name, query in parts.items()}
    found["traits"] = [(*row[:2], _plain(row[2], text=row[-1]), *row[3:-1]) for row in found["traits"]]
    found["surviving"] = [(*row[:2], _plain(row[2], text=row[3])) for row in found["surviving"]]
    found["order"] = [
        (*row[:2], [_plain(value, text=text) for value, text in zip(row[2], row[3], strict=True)])
        for row in found["order"]
    ]
    return {name: sorted(found[name]) for name in parts}


def _until(moment: Moment) -> str:
    from knotwork_resolvers.profiles.moment import until_sql

    return until_sql(moment)


def _plain(value: str, *, text: bool) -> str:
    return value if text else str(json.loads(value))
